"""A conversation of our own about Venice, in good order and in traditional characters."""

from __future__ import annotations

from episodes.checks.nameindex import NameIndex
from episodes.checks.subject import Name, Subject, Turn

__all__ = ["NAMES", "ledgers"]

NAMES = (
    Name(1, "person", "Charlotte Wainwright", "夏洛特·溫賴特"),
    Name(2, "person", "Professor Lorenzo Bellandi", "洛倫佐·貝蘭迪"),
    Name(1, "organisation", "Arsenal of Venice", "威尼斯兵工廠"),
    Name(3, "person", "Enrico Dandolo", "恩里科·丹多洛"),
    Name(4, "person", "Marco Polo", "馬可·波羅"),
    Name(1, "work", "A Sea of Ledgers", "帳簿之海"),
)

_ROLES = {1: "host", 2: "guest"}
_LABELS = {1: "Charlotte Wainwright", 2: "Lorenzo Bellandi"}
_SAID: tuple[tuple[int, str, str], ...] = (
    (
        1,
        "歡迎收聽《長話歷史》，我是夏洛特·溫賴特。我們今天坐著貢多拉，回到十三世紀的威尼斯。",
        "Welcome to The Long Story. I'm Charlotte Wainwright, and today we take a gondola back to thirteenth-century Venice.",
    ),
    (
        1,
        "帶路的是帕多瓦大學的洛倫佐·貝蘭迪教授，他的新書《帳簿之海》講的是威尼斯人怎樣發明了現代商業。教授，早安。",
        "Our guide is Professor Lorenzo Bellandi of the University of Padua, whose new book, A Sea of Ledgers, is about how the Venetians invented modern business. Professor, good morning.",
    ),
    (
        2,
        "早安。先聲明一下，他們沒有發明，他們只是抄得比別人好。",
        "Good morning. Let me say right away that they didn't invent it. They just copied better than anyone else.",
    ),
    (1, "抄誰的？", "Copied whom?"),
    (
        2,
        "阿拉伯人、拜占庭人、猶太人，誰有好主意就抄誰的。合夥契約來自伊斯蘭世界，匯票也是。威尼斯人的天才在於他們什麼都記下來。我在檔案館裡工作了三十一年，那裡有八十公里長的書架，我大概讀了其中的兩百公尺。",
        "The Arabs, the Byzantines, the Jews, anyone with a good idea. The partnership contract comes from the Islamic world, and so does the bill of exchange. The genius of the Venetians was to write everything down. I've worked in the archive for thirty-one years; it has eighty kilometres of shelves, and I have read perhaps two hundred metres of it.",
    ),
    (1, "八十公里！", "Eighty kilometres!"),
    (2, "而且字跡很難看。", "And the handwriting is terrible."),
    (
        1,
        "那麼一個普通的威尼斯商人，他的一天是什麼樣的？",
        "So what does the day of an ordinary Venetian merchant look like?",
    ),
    (
        2,
        "天亮起床，去教堂，然後去里亞托橋。那裡是消息的市場。你要知道亞歷山大港的胡椒多少錢，黑死病到了哪裡，哪一條船沉了。消息比貨物貴。中午回家吃飯，下午寫信。有一位叫丹迪尼的商人，一生寫了一萬四千封信，幾乎每封信都在抱怨天氣。",
        "He gets up at dawn, goes to church, and then to the Rialto bridge. That is the market for news. You need to know what pepper costs in Alexandria, how far the plague has got, which ship went down. News is dearer than goods. He goes home for lunch and spends the afternoon writing letters. There was a merchant called Dandini who wrote fourteen thousand letters in his life, and complains about the weather in nearly all of them.",
    ),
    (1, "很英國。", "Very English."),
    (2, "確實。", "Indeed."),
    (
        1,
        "我們說說船吧。威尼斯兵工廠據說一天能造一艘船。這是真的，還是吹牛？",
        "Let's talk about ships. The Arsenal of Venice is said to have built a ship a day. Is that true or is it boasting?",
    ),
    (
        2,
        "是一場表演，但也是真的。1574年法國國王來訪，他們在他吃晚飯的工夫裡裝好了一艘槳帆船，從龍骨到繩索。當然，零件都是事先做好的。這正是重點：標準化的零件，編了號，放在倉庫裡，像宜家一樣。全盛時期那裡有一萬六千名工人，全歐洲沒有比它更大的工廠，直到十九世紀。",
        "It was a show, but it was also true. In 1574 the king of France came to visit, and they assembled a galley while he had his dinner, from the keel to the ropes. Naturally the parts had been made beforehand. And that's the point: standardised parts, numbered, in a warehouse, like Ikea. At its height it had sixteen thousand workers, and there was no bigger factory in Europe until the nineteenth century.",
    ),
    (1, "國王滿意嗎？", "Was the king impressed?"),
    (2, "他在船上睡著了。", "He fell asleep on board."),
    (
        1,
        "好吧，第四次十字軍東征。我們必須談談那位老人。",
        "All right, the Fourth Crusade. We have to talk about the old man.",
    ),
    (
        2,
        "恩里科·丹多洛。九十多歲，雙目失明，穿著盔甲站在船頭。我的學生都不相信。",
        "Enrico Dandolo. In his nineties, blind, in armour at the bow of the ship. My students never believe it.",
    ),
    (1, "他到底是英雄還是無賴？", "Was he a hero or a scoundrel?"),
    (
        2,
        "他是債主。十字軍訂了能載三萬三千五百人的船，結果只來了一萬一千人，錢付不出來，還差三萬四千馬克白銀。丹多洛說：沒關係，你們可以幫我打一座城市來抵債。於是他們先打了扎拉，再打了君士坦丁堡。1204年4月，世界上最富有的基督教城市被一群基督徒搶了三天三夜。聖馬可教堂門上的四匹銅馬就是那時候拿回來的。",
        "He was a creditor. The crusaders had ordered ships for thirty-three thousand five hundred men, and only eleven thousand turned up, so they couldn't pay; they were thirty-four thousand marks of silver short. Never mind, says Dandolo, you can take a city for me instead. So first they took Zara, and then they took Constantinople. In April 1204 the richest Christian city in the world was looted by Christians for three days. The four bronze horses over the door of Saint Mark's came home with them.",
    ),
    (1, "現在那四匹馬是複製品，對吧？", "And those four horses are copies now, aren't they?"),
    (
        2,
        "對，真品在裡面。拿破崙搶走過一次，1815年還回來的。小偷偷了小偷的東西。",
        "They are, the real ones are inside. Napoleon stole them once, and they came back in 1815. One thief robbed another.",
    ),
    (
        1,
        "你在書裡花了整整一章寫複式記帳。我得承認，我本來打算跳過去。",
        "You spend a whole chapter on double-entry bookkeeping. I have to confess that I was planning to skip it.",
    ),
    (2, "人人都這麼打算。", "Everybody is."),
    (
        1,
        "但是我讀完了，而且很感動。為什麼呢？",
        "But I read it to the end, and I was moved. Why is that?",
    ),
    (
        2,
        "因為那是第一次有人把自己的人生畫成兩欄：我欠別人的，別人欠我的。在1494年盧卡·帕喬利把它印成書以前，這是一門手藝，父親傳給兒子。我找到一本帳簿，商人在最後一頁寫道：妻子去世，無法入帳。我在閱覽室裡坐了一個小時沒有動。",
        "Because for the first time somebody drew his life in two columns: what I owe, and what I am owed. Until Luca Pacioli printed it in 1494 it was a craft, handed down from father to son. I found a ledger in which the merchant writes on the last page: wife died, cannot be entered. I sat in the reading room for an hour and didn't move.",
    ),
    (1, "哦。", "Oh."),
    (
        2,
        "檔案就是這樣。九千九百九十九頁胡椒，然後是這個。",
        "That's what archives are like. Nine thousand nine hundred and ninety-nine pages of pepper, and then this.",
    ),
    (1, "馬可·波羅呢？他真的去過中國嗎？", "What about Marco Polo? Did he really go to China?"),
    (
        2,
        "我認為去過。懷疑的人說他沒有提到長城，也沒有提到茶。可是他準確地描述了紙幣和鹽稅，連揚州鹽商的稅率都對。一個沒去過的人會編龍，不會編稅率。",
        "I think he did. The doubters say that he doesn't mention the Great Wall, or tea. But he describes paper money and the salt tax accurately, right down to the rates in Yangzhou. A man who hasn't been there makes up dragons. He doesn't make up tax rates.",
    ),
    (1, "這句話說得真好。", "That's very well put."),
    (2, "不是我說的，是一位德國同事說的。", "It isn't mine, it's a German colleague's."),
    (1, "那後來呢？威尼斯為什麼衰落了？", "And then? Why did Venice decline?"),
    (
        2,
        "教科書說是因為1498年達伽馬繞過了好望角。其實胡椒貿易五十年後又恢復了。真正的原因更無聊：他們太有錢了。第一代人出海，第三代人買地，第五代人收藏畫。1297年他們還關上了大門，規定只有兩百來個家族的人可以進大議會。從那以後，聰明的外來者就去了阿姆斯特丹。",
        "The textbooks say it was Vasco da Gama going round the Cape in 1498. In fact the pepper trade recovered fifty years later. The real reason is duller: they were too rich. The first generation goes to sea, the third buys land, the fifth collects paintings. And in 1297 they shut the door and decreed that only the members of some two hundred families could sit in the Great Council. After that a clever outsider went to Amsterdam.",
    ),
    (1, "聽起來像是對今天的警告。", "That sounds like a warning to the present."),
    (2, "我是歷史學家，我只警告死人。", "I'm a historian. I only warn the dead."),
    (
        1,
        "今天的威尼斯呢？居民不到五萬人了。",
        "And Venice today? It has fewer than fifty thousand residents.",
    ),
    (
        2,
        "我母親是其中之一。她每天早上要推開三十個遊客才能買到麵包。我在1979年搬走的時候，我們那條街上有兩家麵包店、一個鞋匠、一個修收音機的。現在有四家賣面具的店。",
        "My mother is one of them. She has to push past thirty tourists every morning to buy bread. When I moved away in 1979 our street had two bakeries, a cobbler and a man who mended radios. Now there are four shops selling masks.",
    ),
    (1, "面具是中國製造的嗎？", "Are the masks made in China?"),
    (2, "馬可·波羅會很高興的。", "Marco Polo would be pleased."),
    (
        1,
        "洛倫佐·貝蘭迪，謝謝你帶我們走這一趟。",
        "Lorenzo Bellandi, thank you for taking us along.",
    ),
    (2, "別客氣。小心台階，很滑。", "Not at all. Mind the steps, they're slippery."),
)


def ledgers() -> Subject:
    """The conversation; its turns are called t0, t1 …"""
    turns = tuple(
        Turn(f"t{place}", text=text, original=original, speaker=speaker, label=_LABELS[speaker])
        for place, (speaker, text, original) in enumerate(_SAID)
    )
    return Subject(
        slug="ledgers",
        title="威尼斯的帳簿",
        date="2025-01-16",
        source="https://example.org/ledgers",
        channel="Long Story Media",
        guest="Professor Lorenzo Bellandi",
        summary="嘉賓講述威尼斯商人的一天、兵工廠和複式記帳。",
        language="zh-Hant",
        turns=turns,
        listed={
            "person": frozenset([1, 2, 3, 4]),
            "organisation": frozenset([1]),
            "work": frozenset([1]),
        },
        roles=_ROLES,
        register=NameIndex(NAMES),
    )
