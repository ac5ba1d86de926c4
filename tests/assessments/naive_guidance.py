"""A second reading of the rule grammar, for comparison: plain loops over plain YAML, nothing from the engine."""

from decimal import Decimal

import yaml

from assessments.catalogue import DIRECTORY


def plain_instruments():
    files = yaml.safe_load((DIRECTORY / "catalogue.yaml").read_text(encoding="utf-8"))["instruments"]
    documents = [yaml.safe_load((DIRECTORY / name).read_text(encoding="utf-8")) for name in files]
    return {document["instrument"]: document for document in documents}


def naive_guidance(instrument, given, mode=None):
    """The four figures of evaluate_guidance, for answers as the JSON file holds them."""
    outputs = ["bands"] + [extra["code"] for extra in instrument["secondary_outputs"]]
    domains = [domain["code"] for domain in instrument["domains"]]
    if "modes" in instrument:
        chosen = instrument["modes"][mode or "lengkap"]
        outputs, domains = chosen["outputs"], chosen["domains"]

    answers, doubtful, items = {}, set(), []
    for domain in instrument["domains"]:
        if domain["code"] in domains:
            for item in domain["items"]:
                items.append({**item, "domain": domain["code"]})
                answer = given.get(item["code"], "unknown")
                if isinstance(answer, dict):
                    if answer.get("confidence") == "rendah":
                        doubtful.add(item["code"])
                    answer = answer["value"]
                answers[item["code"]] = answer

    result = {"band": None, "fired": [], "provisional": False, "support_level": None}
    if "bands" in outputs:
        result["band"], result["fired"] = first_true(instrument["bands"], items, answers)
        result["provisional"] = bool(doubtful.intersection(result["fired"]))
    for extra in instrument["secondary_outputs"]:
        if extra["code"] in outputs:
            result["support_level"] = first_true(extra["bands"], items, answers)[0]
    return result


def first_true(bands, items, answers):
    for band in bands:
        if band["when"] == "default":
            return band["code"], []
        for alternative in band["when"]:
            outcomes = [outcome(test, items, answers) for test in alternative]
            if all(true for true, _ in outcomes):
                return band["code"], sorted(set().union(*(codes for _, codes in outcomes)))
    raise AssertionError("no band matched")


def outcome(test, items, answers):
    scope = [item["code"] for item in items if item.get("counts_for_guidance", True)]
    for key, wanted in test["of"].items():
        wanted = wanted if isinstance(wanted, list) else [wanted]
        matching = [item["code"] for item in items if item[key] in wanted]
        scope = [code for code in scope if code in matching]

    rated = {code: answers[code] for code in scope if answers[code] not in ("unknown", "not_applicable")}
    numbers = {code: value for code, value in rated.items() if not isinstance(value, str)}
    unknown = {code for code in scope if answers[code] == "unknown"}
    applicable = {code for code in scope if answers[code] != "not_applicable"}

    if test["metric"] == "count_at_least":
        counted = {code for code, value in numbers.items() if value >= test["rating"]}
    elif test["metric"] == "count_at_most":
        counted = {code for code, value in numbers.items() if value <= test["rating"]}
    elif test["metric"] == "count_value":
        counted = {code for code, value in rated.items() if value == test["rating"]}
    else:
        counted = unknown

    left, right = Decimal(len(counted)), Decimal(str(test["value"]))
    if test["metric"] == "unknown_share" and applicable:
        right = right * len(applicable)
    holds = {"<": left < right, "<=": left <= right, "==": left == right, ">=": left >= right, ">": left > right}
    return holds[test["op"]], counted
