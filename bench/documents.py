"""Documents to measure with: in the form of a real transcript, of any length, from a seed."""

from __future__ import annotations

import random

__all__ = ["document"]

HOSTS = ("Mara Quill", "Owen Hart")
GUESTS = ("Ingrid Solberg", "Petra Lang", "Rui Alvarado", "Chen Yiran", "Tomas Bren")
SENTENCES = (
    ("我们先从港口说起。", "Let us start with the port."),
    ("去年他们花了一亿两千万欧元。", "Last year they spent 120 million euros."),
    ("这件事没有人愿意公开谈。", "Nobody wants to talk about it in public."),
    ("可是数字摆在那里，谁也绕不过去。", "But the numbers are there, and nobody gets around them."),
    (
        "你得先把数据整理好，机器才有用。",
        "You have to sort out the data first, or the machines are useless.",
    ),
    ("老实说，我一开始也不相信。", "To be honest, I did not believe it at first either."),
    ("工会的人比我们先看到了问题。", "The union saw the problem before we did."),
    ("一台设备每小时要做三十一次。", "One machine makes thirty-one moves an hour."),
    ("最慢的环节从来都不是机器本身。", "The slowest link was never the machine itself."),
    ("如果再来一次，我会从大门开始。", "If I did it again, I would begin with the gate."),
    ("这听起来很无聊，但它确实省钱。", "It sounds boring, but it does save money."),
    ("电价在冬天涨了百分之四十。", "The price of power rose by forty percent in winter."),
)
TERMS = (
    ("岸桥", "Quay Crane", "把集装箱从船上吊到码头的起重机"),
    ("堆场", "Yard", "集装箱等待下一程运输的场地"),
    ("调峰", "Peak Shaving", "在用电高峰放电（或减少用电），以削低负荷的做法"),
    ("硬碳", "Hard Carbon", "一种由生物质烧成的无序碳"),
    ("学习曲线", "Learning Curve", "产量每翻一番，成本按固定比例下降的规律"),
)


def document(seed: int, turns: int = 191) -> str:
    """Return one transcript as annotated Markdown with ``<br>`` after every word (layout D1).

    191 turns make about 130 kB, as a real one has.
    """
    draw = random.Random(seed)
    guest = draw.choice(GUESTS)
    speakers = (*HOSTS, guest)
    parts = [
        "---\narea: economics\ncategory: logistics\ncompanies_orgs:\n- Port of Kallvik\n"
        f"- Firm {seed % 97}\ndate: '2026-{seed % 12 + 1:02}-{seed % 28 + 1:02}'\ndraft: true\n"
        "guest: ''\nlayout: post.njk\nmedia_books: []\npeople:\n- Mara Quill\n- Owen Hart\n"
        "products_models: []\nproject:\n- supply-chains\n"
        f"source: https://www.youtube.com/watch?v=bench{seed:06}\nspeaker: Tideline Radio\n"
        f"status: evergreen\nsummary: 第{seed}期谈港口与电网。\ntags:\n- shipping\n- topic-{seed % 50}\n"
        f"title: 第{seed}期：港口、电网与数字\n---\n"
    ]
    for number in range(turns):
        if number % 24 == 0:
            parts.append(f"### 第{number // 24 + 1}章：{draw.choice(SENTENCES)[0][:-1]}\n")
        count = draw.choice((1, 1, 2, 4, 6, 12))
        chosen = [draw.choice(SENTENCES) for _ in range(count)]
        chinese = "".join(sentence for sentence, _english in chosen)
        if number % 6 == 0:
            head, foreign, definition = draw.choice(TERMS)
            chinese += f"这就是所谓的**{head}**（{foreign}: {definition}）。"
        english = " ".join(sentence for _chinese, sentence in chosen).split(" ")
        broken = "<br> ".join(english).replace("<br> the", "<br><br><br>the")
        parts.append(
            f"{draw.choice(speakers)}: {chinese}\n\n<details>\n"
            "<summary>View/Hide Original English</summary>\n"
            f'<p class="english-text">>> {broken}</p>\n</details>\n'
        )
    return "\n".join(parts)
