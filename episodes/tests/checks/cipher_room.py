"""A conversation about ciphers that is in good order, with names as people translate them: those of people
in Chinese, those of firms and machines in Latin letters; and with words and people near to them.
"""

from __future__ import annotations

from episodes.checks.nameindex import NameIndex
from episodes.checks.subject import Name, Subject, Turn

__all__ = ["NAMES", "TERMS", "cipher_room"]

NAMES = (
    Name(1, "person", "Beatrix Holloway", "比阿特丽克斯·霍洛韦"),
    Name(2, "person", "Tobias Engstrom", "托比亚斯·恩斯特伦"),
    Name(3, "person", "Miriam Castellano", "米丽娅姆·卡斯特利亚诺"),
    Name(4, "person", "Alan Turing", "艾伦·图灵"),
    Name(5, "person", "Joan Clarke", "琼·克拉克"),
    Name(6, "person", "Claude Shannon", "克劳德·香农"),
    Name(7, "person", "Whitfield Diffie", "惠特菲尔德·迪菲"),
    Name(8, "person", "Garry Kasparov", "加里·卡斯帕罗夫"),
    Name(1, "organisation", "Bletchley Park", "布莱切利园"),
    Name(2, "organisation", "Bell Labs", "贝尔实验室"),
    Name(3, "organisation", "Siemens", "西门子"),
    Name(4, "organisation", "Cheltenham Circle", ""),
    Name(5, "organisation", "QuantaCrypt", ""),
    Name(1, "product", "Enigma", "恩尼格玛"),
    Name(2, "product", "Colossus", "巨人机"),
    Name(1, "work", "The Imitation Game", "模仿游戏"),
    Name(2, "work", "Cipher Room podcast", "密码室"),
)
TERMS = (
    (1, ("公钥", "public key")),
    (2, ("一次性密码本", "one-time pad")),
    (3, ("明文", "plaintext")),
    (4, ("频率分析", "frequency analysis")),
    (5, ("信息熵", "information entropy")),
    (6, ("侧信道攻击", "side-channel attack")),
)

_B, _T, _M = 1, 2, 3
_SAID: tuple[tuple[int, str, str], ...] = (
    (
        _B,
        "这里是《密码室》，我是比阿特丽克斯·霍洛韦。",
        "This is Cipher Room, and I'm Beatrix Holloway.",
    ),
    (
        _T,
        "我是托比亚斯·恩斯特伦。比阿特丽克斯，你小时候写过密信吗？",
        "I'm Tobias Engstrom. Beatrix, did you write secret letters when you were little?",
    ),
    (
        _B,
        "写过，用柠檬汁。后来我妹妹拿熨斗一烫就全看见了，所以我很早就明白什么叫不安全的信道。",
        "I did, in lemon juice. Then my sister went over them with an iron and could read everything, so I learned early on what an insecure channel is.",
    ),
    (
        _T,
        "今天我们请到了米丽娅姆·卡斯特利亚诺，她在布莱切利园的档案室里待了十一年。",
        "Today we're joined by Miriam Castellano, who spent eleven years in the archives of Bletchley Park.",
    ),
    (
        _M,
        "大家好。是的，十一年，而且那里的暖气从来没修好过。",
        "Hello, everyone. Yes, eleven years, and they never did repair the heating.",
    ),
    (
        _B,
        "米丽娅姆，人们一提到那个地方，就只想到一个人。",
        "Miriam, when people think of that place, they think of just one man.",
    ),
    (
        _M,
        "艾伦·图灵当然了不起，不过那里最多的时候有将近一万人，其中四分之三是女性。图灵自己也总是这么说。",
        "Alan Turing was extraordinary, of course, but at its height almost ten thousand people worked there, and three quarters of them were women. Turing himself used to say so.",
    ),
    (
        _T,
        "比如琼·克拉克？电影《模仿游戏》里演她的是凯拉·奈特莉。",
        "Like Joan Clarke? In The Imitation Game she was played by Keira Knightley.",
    ),
    (
        _M,
        "琼·克拉克的数学比他们大多数人都好，可是她刚来的时候拿的是打字员的薪水，因为女人没有密码专家这个职位。",
        "Joan Clarke was better at maths than most of them, but when she arrived she was paid as a typist since there was no such post as a woman cryptanalyst.",
    ),
    (_B, "《模仿游戏》里有多少是真的？", "How much of The Imitation Game is true?"),
    (_M, "天气是真的。", "The weather is."),
    (
        _T,
        "那我们讲讲机器吧。Enigma到底是怎么工作的？",
        "Let's talk about machines, then. How did Enigma actually work?",
    ),
    (
        _M,
        "想象一台打字机，你按下一个键，亮起来的却是另一个字母。每按一次，里面的轮子就转一格，所以同一个字母每次都变成不同的东西。",
        "Imagine a typewriter where you press one key and a different letter lights up. With each press a wheel inside turns by one notch, so the same letter becomes something else every time.",
    ),
    (
        _M,
        "但是Enigma有一个弱点：一个字母永远不会变成它自己。光凭这一条，你就能排除掉很多可能。",
        "But Enigma had a weakness: no letter could ever become itself. That alone lets you rule out a great many possibilities.",
    ),
    (
        _B,
        "这跟侦探小说里的**频率分析**（Frequency Analysis: 靠字母出现的多少来破译）不一样吧？",
        "That isn't the same as the frequency analysis that you find in detective stories, is it?",
    ),
    (
        _M,
        "不一样。**频率分析**对付的是老式的替换法，英文里E最多，数一数就行。对付轮子，你要猜**明文**（plaintext）。",
        "It isn't. Frequency analysis works against old substitution ciphers: E is the most common letter in English, so you just count. Against wheels you have to guess the plaintext.",
    ),
    (_T, "怎么猜？", "How do you guess that?"),
    (
        _M,
        "德国人做事很有规律。每天早上六点都有一份天气预报，里面一定有“天气”这个词。还有一个军官，每封信的结尾都要写上他女朋友的名字。",
        'The Germans were creatures of habit. At six every morning there was a weather report, and it was bound to contain the word "weather". And there was one officer who ended every message with the name of his girlfriend.',
    ),
    (_B, "她叫什么？", "What was her name?"),
    (
        _M,
        "西莉。所以那些线索后来就叫西莉。",
        "Cilly. That's why such clues came to be called cillies.",
    ),
    (_T, "我以前还以为是傻的意思。", "And here I thought that it just meant silly."),
    (_M, "两种说法都有人信。", "There are people who believe either story."),
    (_B, "还有一台更大的机器，对不对？", "There was an even bigger machine, wasn't there?"),
    (
        _M,
        "Colossus，用了一千五百个电子管，是邮局的工程师造的，零件有一部分是他自己掏钱买的。",
        "Colossus had fifteen hundred valves and was built by an engineer from the Post Office, who paid for some of the parts out of his own pocket.",
    ),
    (
        _M,
        "战争结束以后，丘吉尔下令把Colossus砸成拳头那么大的碎片。那些人一辈子都没有告诉过自己的丈夫或妻子。",
        "After the war Churchill ordered that Colossus be broken into pieces no bigger than a fist. Those people never told their husbands or wives as long as they lived.",
    ),
    (
        _T,
        "我们再往前走一点。美国那边是谁？",
        "Let's move forward a little. Who was there on the American side?",
    ),
    (
        _M,
        "克劳德·香农。他白天在Bell Labs研究怎么给电话加密，晚上骑着独轮车在走廊里抛球。",
        "Claude Shannon. By day he worked on encrypting telephone calls at Bell Labs, and by night he rode a unicycle through the corridors while juggling.",
    ),
    (_B, "他跟艾伦·图灵见过面吗？", "Did he ever meet Alan Turing?"),
    (
        _M,
        "见过，1943年，就在Bell Labs的食堂里。他们不能谈密码，于是就谈机器能不能思考。",
        "He did, in 1943, in the cafeteria of Bell Labs. They weren't allowed to talk about ciphers, so they talked about whether machines could think.",
    ),
    (_T, "香农证明了什么？", "What is it that Shannon proved?"),
    (
        _M,
        "他发明了**信息熵**（Information Entropy: 衡量不确定性的量），还证明了只有一种密码是绝对安全的，就是**一次性密码本**（One-Time Pad: 只使用一次的随机密钥）。",
        "He came up with information entropy, and he proved that only one cipher is perfectly secure, and that's the one-time pad.",
    ),
    (_B, "那我们为什么不都用一次性密码本呢？", "So why don't we all use a one-time pad?"),
    (
        _M,
        "因为密钥要跟信一样长，而且你得先把它安全地交给对方。如果你已经有办法安全地交东西，那你干脆交信好了。",
        "Because the key has to be as long as the message, and first you have to hand it over safely. If you had a safe way of handing things over, you might as well hand over the message.",
    ),
    (_T, "这个先有鸡还是先有蛋的问题是谁解决的？", "And who solved that chicken-and-egg problem?"),
    (
        _M,
        "惠特菲尔德·迪菲，一个留着长头发、开着旧车在美国到处找人聊密码的年轻人。他的想法是**公钥**（Public Key: 可以公开的加密钥匙）：锁可以送给全世界，钥匙只留给自己。",
        "Whitfield Diffie, a young man with long hair who drove an old car all over America looking for people to talk to about codes. His idea was the public key: you give the padlock to the whole world and keep the key for yourself.",
    ),
    (
        _B,
        "我听说英国人其实早就想到了。",
        "I heard that the British had actually thought of it before.",
    ),
    (
        _M,
        "对，Cheltenham Circle的三个人早了好几年，但是不许说。迪菲后来开车去找其中一位，两个人在酒吧里坐了一个晚上，谁也没有提那件事。",
        "Right, three people from the Cheltenham Circle were years ahead, but weren't allowed to tell. Diffie later drove out to see one of them, and the two sat in a pub all evening without ever mentioning it.",
    ),
    (
        _T,
        "真有英国风格。我们来讲一点现代的吧：现在的人怎么偷密码？",
        "How very British. Let's get to something more modern: how do people steal secrets these days?",
    ),
    (
        _M,
        "他们不去碰数学。他们听。电脑算不同的数字，发出的声音和耗的电都不一样，这叫**侧信道攻击**（side-channel attack）。",
        "They leave the maths alone. They listen. When a computer works on different numbers it makes different sounds and draws different amounts of power, and that's called a side-channel attack.",
    ),
    (_B, "就像听保险箱的转盘？", "Like listening to the dial of a safe?"),
    (
        _M,
        "一模一样。我有个朋友在Siemens上班，他隔着一面墙，只靠一个手机麦克风就读出了密钥。",
        "Exactly like that. A friend of mine at Siemens read out a key through a wall with nothing but the microphone of a phone.",
    ),
    (
        _T,
        "我要把我的电脑包在毛巾里了。那量子计算机呢？",
        "I'm going to wrap my computer in a towel. And what about quantum computers?",
    ),
    (
        _M,
        "有一家叫QuantaCrypt的小公司天天打电话给我，说世界末日就要到了。我觉得大概还有十几年，够我们换一把锁。",
        "There's a small company called QuantaCrypt that rings me up every day to say that the end of the world is near. I think we have a dozen years or so, which is enough to change the locks.",
    ),
    (
        _B,
        "说到机器，托比亚斯你是下棋的，加里·卡斯帕罗夫输给电脑那天你哭了没有？",
        "Speaking of machines, Tobias, you're the chess player: did you cry on the day that Garry Kasparov lost to the computer?",
    ),
    (
        _T,
        "没有哭，我只是三天没有吃饭。卡斯帕罗夫自己后来说，那台机器跟闹钟一样聪明。",
        "I didn't cry, I just didn't eat for three days. Kasparov himself said later on that the machine was as intelligent as an alarm clock.",
    ),
    (_M, "我哥哥加雷斯也这么说我。", "My brother Gareth says the same about me."),
    (
        _B,
        "你最想读到的一封没有破译的信是什么？",
        "What's the one undeciphered letter that you'd most like to read?",
    ),
    (
        _M,
        "有一只信鸽的骨头，前些年在萨里郡的一个烟囱里找到的，腿上还绑着密信。到现在也没有人读懂。",
        "Some years ago they found the bones of a pigeon in a chimney in Surrey, with a coded message still tied to its leg. Nobody has been able to read it to this day.",
    ),
    (_T, "可能只是说晚饭吃什么。", "Maybe it only says what there was for dinner."),
    (_M, "那我更想知道了。", "Then I want to know even more."),
    (
        _B,
        "米丽娅姆，非常感谢。克莱尔会把照片放到我们的网站上。",
        "Miriam, thank you so much. Claire is going to put the pictures up on our website.",
    ),
    (_T, "我们下次聊地图。再见。", "Next time we'll talk about maps. Goodbye."),
)


def cipher_room(**fields: object) -> Subject:
    """The conversation; its turns are called t0, t1 …"""
    labels = {name.key: name.name for name in NAMES if name.kind == "person"}
    turns = tuple(
        Turn(uid=f"t{place}", text=text, original=original, speaker=who, label=labels[who])
        for place, (who, text, original) in enumerate(_SAID)
    )
    listed = {
        kind: frozenset(name.key for name in NAMES if name.kind == kind)
        for kind in ("person", "organisation", "product", "work")
    }
    roles = {1: "host", 2: "host", 3: "guest", **dict.fromkeys(range(4, 9), "mentioned")}
    values: dict[str, object] = {
        "slug": "cipher-room",
        "title": "谁读过你的信",
        "original_title": "Who has read your letters?",
        "date": "2025-06-02",
        "source": "https://example.com/cipher",
        "channel": "Backroom Audio",
        "guest": "Miriam Castellano",
        "summary": "密码史学家讲述战时的译码员，以及为什么我们今天可以放心地网购。",
        "turns": turns,
        "listed": listed,
        "roles": roles,
        "register": NameIndex(NAMES, TERMS),
    }
    return Subject(**{**values, **fields})  # type: ignore[arg-type]
