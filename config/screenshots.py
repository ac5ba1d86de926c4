"""``make screenshots``: pictures of the main pages of a running demo, at 1366 and 360 px, in Indonesian.

make demo          # in one terminal
make screenshots   # in another: build/screenshots/<page>-<width>.png
make guides        # or: docs/users/img/<page>.png, the pictures of the user guides
"""

from __future__ import annotations

import http.client
import os
import sys

from playwright.sync_api import Browser, Page, sync_playwright

from config import bootstrap
from config.env import ROOT

PASSWORD = "titian-demo"  # noqa: S105 -- of the demo, shown on its sign-in page
WIDTHS = {1366: 900, 360: 740}
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
CASE, CHILD = "K7M4-29QX", "A4HT-72NC"
# Page name -> who looks, and where.
PAGES = {
    "hari-ini": ("pk.malang", "/"),
    "daftar-kasus": ("pk.malang", "/cases/"),
    "kasus": ("pk.malang", f"/cases/{CASE}/"),
    "identitas": ("peksos.handayani", f"/cases/{CHILD}/identity/"),
    "keluarga": ("peksos.handayani", f"/cases/{CHILD}/household/add/"),
    "bagi-kasus": ("kabapas.malang", "/cases/assign/"),
    "catatan": ("pk.malang", f"/cases/{CASE}/notes/new/"),
    "penilaian": ("pk.malang", f"/cases/{CASE}/assessments/"),
    "rencana": ("pk.malang", f"/cases/{CASE}/plan/"),
    "program": ("pk.malang", "/programs/"),
    "kasus-anak": ("peksos.handayani", f"/cases/{CHILD}/"),
    "dasbor": ("kabapas.malang", "/dashboard/"),
    "perlu-keputusan": ("kabapas.malang", "/assessments/queue/"),
    "kotak-masuk": ("petugas.titiharapan", "/referrals/inbox/"),
    "laporan": ("admin.ditjenpas", "/reports/"),
    "definisi": ("admin.ditjenpas", "/reports/definitions/"),
    "jurnal": ("auditor", "/journal/"),
}


# Pictures of the user guides -> the width that their reader works at.
GUIDES = {
    "hari-ini": 360,
    "identitas": 1366,
    "bagi-kasus": 1366,
    "kotak-masuk": 360,
    "laporan": 1366,
    "definisi": 1366,
    "jurnal": 1366,
}


def main() -> None:
    port = int(os.environ.get("PORT", "8000"))
    if not _answers(port):
        sys.exit(f"No demo answers on port {port}. Start it first: make demo (PORT= changes the port).")
    for_guides = "--guides" in sys.argv
    target = ROOT / "docs" / "users" / "img" if for_guides else ROOT / "build" / "screenshots"
    target.mkdir(parents=True, exist_ok=True)
    executable = bootstrap.find_browser()
    if executable is None:
        sys.exit("No Chromium: run `make setup-browser`, or name one in TITIAN_CHROMIUM.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(executable), args=QUIET)
        for width, height in WIDTHS.items():
            for user in dict.fromkeys(who for who, _path in PAGES.values()):
                page = _signed_in(browser, f"http://localhost:{port}", user, width, height)
                for name, (who, path) in PAGES.items():
                    if who != user or (for_guides and GUIDES.get(name) != width):
                        continue
                    picture = target / (f"{name}.png" if for_guides else f"{name}-{width}.png")
                    page.goto(path)
                    page.wait_for_load_state("networkidle")
                    page.screenshot(path=picture, full_page=not for_guides)
                    print(picture)  # noqa: T201 -- what the command made
                page.context.close()
        browser.close()


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("localhost", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


def _signed_in(browser: Browser, base: str, user: str, width: int, height: int) -> Page:
    context = browser.new_context(base_url=base, viewport={"width": width, "height": height}, locale="id-ID")
    page = context.new_page()
    page.goto("/accounts/login/")
    page.fill("input[name=login]", user)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_load_state("networkidle")
    return page


if __name__ == "__main__":
    main()
