"""How sensitive each field of this app is (core.data_classes)."""

from core.data_classes import Classes, DataClass

NONE, GENERAL, SPECIFIC = DataClass.NONE, DataClass.GENERAL, DataClass.SPECIFIC
CHILD, RESTRICTED = DataClass.CHILD, DataClass.RESTRICTED

# That somebody has a file here at all says that the person was under criminal law or is close to somebody who was: a
# case, its kind and its dates are specific data. Words about a session or about harm are read by few.
CLASSES: Classes = {
    "Participant": {
        GENERAL: "full_name aliases name_key sex birth_date birth_date_precision birth_place mother_name phone"
        " safe_contact_method safe_contact_time created_by communication nik_status nik_sealed nik_index"
        " citizenship language marital_status education occupation religion_agreed",
        SPECIFIC: "disability ppks_category",
        RESTRICTED: "religion",
        CHILD: "child_category ampk_category adult_decided_at adult_decided_by adult_reason",
    },
    "Household": {GENERAL: "kk_sealed kk_index created_by"},
    "HouseholdMember": {
        GENERAL: "household participant name sex birth_year kinship lives_together agency joined_on left_on",
        SPECIFIC: "guardian_conflict",
        CHILD: "is_guardian",
    },
    "PersonPair": {
        NONE: "status",
        GENERAL: "kept duplicate reason taken kept_was moved ended decided_by decided_at undone_by undone_at"
        " undo_reason",
    },
    "Address": {GENERAL: "participant kind region line rt rw access_note valid_from valid_to"},
    "CaseNumber": {NONE: "unit year last"},
    "CaseFile": {
        GENERAL: "lead_unit lead_agency lead_worker co_workers legal_basis last_contact_at next_due_on restricted_at"
        " contested_at",
        SPECIFIC: "case_no participant case_type referral_source status derad_stage probation_stage atensi_phase"
        " opened_at closed_at closure_reason closure_note aftercare_until goals_met sealed_at is_victim_file",
        CHILD: "is_child_file adult_from",
    },
    "CaseStatusPeriod": {SPECIFIC: "case status derad_stage probation_stage atensi_phase started_at ended_at"},
    "CaseLeadPeriod": {GENERAL: "case lead_unit lead_worker started_at ended_at"},
    "BreachIncident": {
        NONE: "kind happened_at discovered_at due_at affected_count unit status agency_told_at subjects_told_at"
        " closed_at",
        GENERAL: "what how measures reported_by closing_note closed_by",
    },
    "BreachCase": {SPECIFIC: "incident case case_code"},
    "BreachEntry": {GENERAL: "incident at by text"},
    "Complaint": {
        NONE: "kind received_at due_at status",
        GENERAL: "unit forwarded_text forwarded_at answer answered_by answered_at",
        RESTRICTED: "words reporter unnamed contact receipt_key case case_code",
    },
    "ContactNote": {
        GENERAL: "author occurred_at recorded_at duration_min safety_ok amends amendment_reason",
        SPECIFIC: "case type place_kind present next_steps goals",
        RESTRICTED: "summary observations participant_words",
    },
    "PlannedSession": {
        GENERAL: "planned_by planned_at place answered_by answered_at note follows",
        SPECIFIC: "case type present goals purpose outcome reason reason_words",
    },
    "FollowUp": {
        GENERAL: "month started_on due_on answered_by answered_at ended_on note",
        SPECIFIC: "case outcome",
        RESTRICTED: "words",
    },
    "ClinicalNote": {
        GENERAL: "author profession occurred_at recorded_at amends",
        SPECIFIC: "case",
        RESTRICTED: "text_sealed reason_sealed",
    },
    "BreakGlassReview": {GENERAL: "reviewer reviewer_role", SPECIFIC: "grant outcome comment"},
    "UnsealRequest": {
        NONE: "asked_as decided_as hours status until asked_at decided_at opened_at ended_at",
        GENERAL: "asked_by decided_by ended_by reader",
        CHILD: "case purpose decision_note",
    },
    # That a member of staff is related to a participant says something of both.
    "ConflictDeclaration": {
        GENERAL: "staff stand_in declared_by declared_at confirmed_by confirmed_at ended_by ended_at",
        RESTRICTED: "case participant kind note end_reason",
    },
    "SavedFilter": {GENERAL: "owner name criteria shared_with"},
    "Draft": {GENERAL: "staff form saved_at", RESTRICTED: "case data"},
    "ReportingDuty": {SPECIFIC: "case frequency_days next_due_at channel place missed_in_a_row ended_on"},
    "CheckIn": {SPECIFIC: "case due_at result reason recorded_by recorded_at missed_before"},
    "Document": {
        GENERAL: "section withdrawn_at withdrawn_by",
        SPECIFIC: "case kind title issued_by document_no dated expires withdraw_reason",
    },
    "DocumentFile": {
        NONE: "number media size pages preview job",
        GENERAL: "uploaded_by uploaded_at",
        RESTRICTED: "document file sha256 sent_sha256",
    },
    "DocumentPage": {NONE: "number", RESTRICTED: "of_file image"},
    "LegalStatus": {
        GENERAL: "recorded_by verified_by verified_at",
        SPECIFIC: "case status valid_from valid_to authority document_no document sentence_months release_date"
        " supervision_end conditions",
    },
    "LegalEvent": {GENERAL: "recorded_by", SPECIFIC: "case kind happened_on place authority document_no document"},
    "ExternalClassification": {GENERAL: "recorded_by", RESTRICTED: "case source value given_on basis document_no"},
    "ExternalAssessment": {
        GENERAL: "recorded_by",
        RESTRICTED: "case source instrument assessed_on result summary basis document_no",
    },
    "ReturnEvent": {
        GENERAL: "recorded_by",
        SPECIFIC: "case kind arrived_on received_by stay_abroad_months",
        RESTRICTED: "country",
    },
    "Consent": {
        GENERAL: "purpose scope recipient given_by capacity language evidence document explained_by status decided_at"
        " valid_until",
        SPECIFIC: "case detail",
    },
    "ProcessingBasis": {
        GENERAL: "purpose ground reference valid_from valid_to recorded_by",
        SPECIFIC: "case",
    },
    "CaseTransfer": {
        NONE: "due_at",
        GENERAL: "from_unit to_unit data_scope status proposed_at proposed_by approved_at approved_by ended_at"
        " ended_by worker effective_at reads_until",
        SPECIFIC: "case case_code case_type sex age_group is_victim_file reason note answer",
    },
    "CaseConference": {GENERAL: "kind held_at title called_by members", SPECIFIC: "case"},
    "CaseUserGrant": {
        NONE: "permission",
        GENERAL: "user sections source lawful_basis consent can_edit granted_by granted_at starts_at expires_at"
        " ended_by conference",
        SPECIFIC: "content_object reason end_reason",
    },
    "CaseGroupGrant": {
        NONE: "permission",
        GENERAL: "group sections source lawful_basis consent can_edit granted_by granted_at starts_at expires_at"
        " ended_by",
        SPECIFIC: "content_object reason end_reason",
    },
    "RightsRequest": {
        NONE: "due_at status",
        GENERAL: "lead_unit person_name kind channel requester requester_name proof_note reply_to received_at"
        " recorded_by consent unit_answered_by unit_answered_at ground decided_by decided_at",
        SPECIFIC: "case case_code words unit_question unit_answer decision reason",
    },
    "RetentionRule": {NONE: "agency_kind case_type years source is_active"},
    "LegalHold": {
        GENERAL: "lead_unit ordered_by document_no starts_on placed_by placed_at lifted_at lifted_by lift_reason",
        SPECIFIC: "case case_code reason",
    },
    "DestructionList": {
        NONE: "agency note status made_at head_signed_at dpo_signed_at ended_at cancel_reason",
        GENERAL: "made_by head_signed_by dpo_signed_by ended_by",
    },
    "DestructionItem": {
        NONE: "of_list years source taken_off_at off_reason destroyed_at rows",
        GENERAL: "taken_off_by",
        SPECIFIC: "case case_code case_type closed_on runs_out_on files",
    },
    "DestructionCertificate": {NONE: "of_list issued_at content sha256"},
    "CaseEvent": {GENERAL: "at recorded_at actor path", SPECIFIC: "case section kind summary"},
    "Task": {
        GENERAL: "assignee due_at priority status source path closed_by closed_at section snoozed_until"
        " seen_by seen_at escalated_at",
        SPECIFIC: "case kind title outcome snooze_reason",
    },
}
