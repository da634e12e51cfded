"""Every power there is, and the roles a new home starts with. A role is a bundle of powers; roles are data."""

from __future__ import annotations

POWERS: dict[str, str] = {
    "view": "看本范围的台账、疑点、数字",
    "import": "导入台账、改正格子、收下",
    "edit": "登记和修改合同、收款、决议、附件",
    "confirm": "认定疑点、排除疑点（写明理由）、定类别",
    "assign": "派整改任务：谁、什么时候、怎么办",
    "self_check": "村级自查",
    "accept": "乡镇验收、退回",
    "spot_check": "县级抽查、销号、退回重办",
    "book": "记账、红字冲销、加明细科目",
    "close": "结账、年末结转、重新打开已结的月份",
    "publish": "拟公示、贴公示、交公示照片",
    "sign": "给公示签字（监督）",
    "answer": "登记和答复异议",
    "objector": "看异议是谁提的",
    "clue": "看移交线索",
    "audit": "看审计记录",
    "export": "导出",
    "personal": "看完整的证件号码和电话",
    "people": "管理人员和授权",
    "places": "管理组织、责任田、干部名册",
    "policy": "批准本地政策",
}

ROLES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("clerk", "村报账员", ("view", "import", "edit", "confirm", "book", "publish", "answer", "export", "personal")),
    ("supervisor", "村监委会成员", ("view", "self_check", "sign", "answer", "objector", "export")),
    (
        "reviewer",
        "街道审核员",
        (
            "view",
            "import",
            "edit",
            "confirm",
            "assign",
            "accept",
            "book",
            "close",
            "publish",
            "answer",
            "objector",
            "export",
            "personal",
            "places",
        ),
    ),
    (
        "county",
        "区农业农村局",
        (
            "view",
            "assign",
            "confirm",
            "spot_check",
            "objector",
            "clue",
            "audit",
            "export",
            "people",
            "places",
            "policy",
        ),
    ),
    ("auditor", "审计员", ("view", "clue", "audit", "export")),
    ("administrator", "系统管理员", tuple(POWERS)),
)
"""Key, title, powers. The auditor reads a subtree and writes nothing."""

WRITING = frozenset(POWERS) - {"view", "objector", "clue", "audit", "export", "personal"}
"""Powers that change something."""
