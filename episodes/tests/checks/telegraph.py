"""A conversation of our own about the first cables under the sea, in good order: a host and a historian."""

from __future__ import annotations

from episodes.checks.subject import Subject
from episodes.tests.checks.conversing import conversation

__all__ = ["telegraph"]

_SPEAKERS = (
    ("Oliver Hartnell", "奥利弗·哈特内尔", "host"),
    ("Priya Raghunathan", "普里亚·拉古纳坦", "guest"),
)
_LINES = """
1 1858年8月的一个晚上，纽约市政厅的屋顶着火了。原因是庆祝的人群放了太多的烟火。他们庆祝的是一根电缆，一根从爱尔兰铺到纽芬兰的电缆，而它三个星期以后就死了。我是Oliver Hartnell，这里是《长线》。
One night in August 1858 the roof of New York's City Hall caught fire. The reason was that the crowd had let off too many fireworks. What they were celebrating was a cable, a cable laid from Ireland to Newfoundland, and three weeks later it was dead. I'm Oliver Hartnell, and this is The Long Line.
1 今天和我在一起的是爱丁堡大学的历史学家Priya Raghunathan，她花了十年时间研究海底电报。Priya，欢迎来到节目。
With me today is Priya Raghunathan, a historian at the University of Edinburgh who has spent ten years on the submarine telegraph. Priya, welcome to the programme.
2 谢谢。很高兴来到这里。
Thank you. It's lovely to be here.
1 我想从那场火开始。人们为什么那么激动？
I'd like to begin with that fire. Why were people so excited?
2 你得想象一下在那之前是什么样子。一封信从伦敦到纽约要十到十二天，如果船不沉的话。1815年，英国人和美国人在新奥尔良打了一仗，死了两千人，而和约其实两个星期前就已经签了。没有人知道。所以当第一份电报在十六个小时里传过大西洋的时候，牧师在讲坛上说，战争从此不可能了。
You have to picture what it was like before that. A letter from London to New York took ten to twelve days, if the ship didn't sink. In 1815 the British and the Americans fought a battle at New Orleans, two thousand casualties, and the peace had actually been signed two weeks before. Nobody knew. So when the first message crossed the Atlantic in sixteen hours, there were preachers in their pulpits saying that war had become impossible.
1 十六个小时？一份电报？
Sixteen hours? For one message?
2 是的，九十八个词，女王写给总统的。差不多每个词十分钟。
Yes, ninety-eight words from the Queen to the President. That's about ten minutes a word.
1 那不比邮递员快多少。
That's not much faster than the postman.
2 比邮递员快多了！不过你说得对，它几乎不能用。
It's a great deal faster than the postman! But you're right, it was barely usable.
1 我们退一步。谁会想到把一根铁丝扔进海里？
Let's take a step back. Who comes up with the idea of throwing a wire into the sea?
2 有好几个人。莫尔斯本人在1842年就在纽约港试过，用焦油和麻绳包着一根线。第二天早上，一条渔船用锚把它拉了上来，水手们不知道那是什么，就剪了一段带回家。
Several people. Morse himself had a go in New York harbour in 1842, with a wire wrapped in tar and hemp. The next morning a fishing boat pulled it up with its anchor, and the crew had no idea what it was, so they cut off a piece and took it home.
1 好一个纪念品。
Quite a souvenir.
2 真正的难题是绝缘。你需要一种东西，它在水里不会烂，又能弯曲。答案来自一个完全想不到的地方：马来亚的一种树的汁液，叫做**古塔胶**（Gutta-percha: 一种天然乳胶）。在那之前，人们用它做高尔夫球。
The real difficulty was insulation. You need something that doesn't rot in water and that still bends. And the answer came from a place nobody would have looked: the sap of a Malayan tree called gutta-percha. Until then people had made golf balls out of it.
1 高尔夫球？
Golf balls?
2 高尔夫球，还有假牙、拐杖、棋子。维多利亚时代的人什么都用它做。你问我帝国是什么做的？古塔胶做的。
Golf balls, and false teeth, walking sticks, chess pieces. The Victorians made everything out of it. You ask me what the empire was made of? Gutta-percha.
1 那么钱是谁出的？
And whose money was it?
2 赛勒斯·菲尔德的。他在造纸业发了财，三十三岁就退休了，闲得发慌。有一天晚上，一个工程师来他家谈纽芬兰的一条线路，客人走了以后，他站在书房的地球仪前面，用手指在大西洋上画了一条线。他后来说，他问自己：为什么不呢？这就是一个对电一无所知的人的好处。
Cyrus Field's. He'd made a fortune in paper, retired at thirty-three and was bored to tears. One evening an engineer came to his house about a line across Newfoundland, and when the visitor had left, he stood in front of the globe in his library and drew a line across the Atlantic with his finger. He said later that he asked himself, why not? That's the advantage of a man who knows nothing about electricity.
1 你在书里对他很宽容，是不是？
You're rather kind to him in the book, aren't you?
2 可能是吧。我跟他的信件一起生活了十年。他每次失败都给妻子写信，每次都以同一句话结尾：“这次我们学到了很多。”你能不喜欢这样的人吗？我不能。
Perhaps I am. I lived with his letters for ten years. Every time he failed he wrote to his wife, and every letter ended with the same line: "This time we have learned a great deal." How can you not like a man like that? I can't.
1 他失败了多少次？
How many times did he fail?
2 四次。1857年断了。1858年六月断了三次。八月成功了，然后死了。1865年，世界上最大的船“大东方号”带着整根电缆出海，走了三分之二，在两英里半深的水里断了。他们用一个抓钩捞了九天，捞到了三次，每次绳子都断了。
Four. In 1857 it broke. In June of 1858 it broke three times. In August it worked, and then it died. In 1865 the Great Eastern, the largest ship in the world, went out with the whole cable on board, got two thirds of the way, and it snapped in two and a half miles of water. They fished for it with a grapnel for nine days, hooked it three times, and every time the rope gave way.
1 太惨了。
How awful.
2 而且你要知道，捞一次要多久？光是把钩子放到海底就要两个小时。
And mind you, how long does it take to fish once? Two hours just for the hook to get to the bottom.
1 我们说说1858年那根为什么会死。你在书里把责任推给一个人。
Let's talk about why the cable of 1858 died. In the book you put the blame on one man.
2 怀尔德曼·怀特豪斯。是的。他是布莱顿的一个外科医生，业余搞电学。他坚信，信号要走得更远，就要用更高的电压。所以当信号变弱的时候，他接上了两千伏的线圈。你可以想象在海底发生了什么：绝缘层就这么烧穿了。
Wildman Whitehouse. Yes. He was a surgeon from Brighton who dabbled in electricity. He was convinced that to push a signal further you need a higher voltage. So when the signal got weak, he hooked up an induction coil at two thousand volts. You can imagine what happened at the bottom of the sea: it simply burned through the insulation.
1 当时没有人告诉他这样不行吗？
Did nobody tell him that was a bad idea?
2 有啊，汤姆森，就是后来的开尔文勋爵。他两年前就算出来了，而且发表了。但汤姆森是教授，怀特豪斯是实干家，董事会听了谁的？当然听了实干家的。
Oh, somebody did. Thomson, the later Lord Kelvin. He'd worked it out two years earlier, and published it. But Thomson was a professor and Whitehouse was a practical man, and who did the board listen to? The practical man, of course.
1 有些事情从来不变。
Some things never change.
2 我每次给工程师做讲座，他们听到这里都笑得很苦。
Whenever I lecture to engineers, there's a bitter laugh at that point.
1 我想问一个也许有点难的问题。电报给了英国权力，这很清楚。但是在另一头呢？比如说在印度，人们怎么看它？
I'd like to ask what may be a harder question. The telegraph gave power to Britain, that's clear. But what about the other end of the wire? In India, say, how did people see it?
2 我很高兴你问这个，因为它在老的书里几乎不出现。1857年起义的时候，德里电报局的两个年轻职员往北发了一份警告，然后离开了办公室。后来一个官员说，是电报救了印度，他的意思当然是救了英国人的印度。起义的人很清楚这一点：他们砍倒电线杆，用铁丝做子弹。
I'm glad you ask, because it hardly comes up in the older books. During the rising of 1857 two young clerks in the Delhi office sent a warning north and then left. Afterwards an official said that the telegraph had saved India, by which of course he meant British India. And the rebels knew it perfectly well: they cut down the poles and made bullets out of the wire.
1 用电报线做子弹。
Bullets from telegraph wire.
2 但是还有另一面。三十年以后，印度的报纸用同样的线路组织第一次全国性的政治运动。一种工具不会永远听一个主人的话。
But there's another side to it. Thirty years later Indian newspapers used the very same lines to organise the first national political movement. A tool doesn't obey one master for ever.
1 我祖父是个电报员，在卡拉奇。
My grandfather was a telegraph operator, as it happens. In Karachi.
2 真的吗？哪一年？
Really? In what year?
1 三十年代。他会用手指在餐桌上敲摩尔斯电码，我祖母能听懂。她从来不告诉我们他说了什么。
The thirties. He used to tap Morse on the dinner table with his finger, and my grandmother understood it. She never told us what he said.
2 这太可爱了。你知道，有一整套关于电报员恋爱的小说。两个人从来没见过面，隔着五百英里在线上聊天。听起来像不像今天？
That's adorable. There's a whole genre of novels, you know, about operators falling in love. Two people who've never met, chatting down the line five hundred miles apart. Does that sound familiar?
1 很像。
Very.
2 他们连俚语都有。新手叫“火腿”，手法好的叫“一手好拳”。他们只听点和划，就知道对面是谁。
They even had slang. A beginner was a ham, and a good operator had a fine fist. They knew who was at the other end just by listening to the dots and dashes.
1 第一根真正能用的电缆是1866年的，对吗？之后发生了什么？
The first one that really worked was in 1866, is that right? And what happened then?
2 对，1866年7月。价格是每十个词二十英镑，相当于一个仆人一年的工资，所以头几年几乎只有商人在用。利物浦的棉花商人马上明白了：谁先知道新奥尔良的价格，谁就赢了。在那之前他们派快船去海上截邮船。之后呢？之后所有的人在同一秒钟知道同样的价格，这就是现代期货市场的开始。
It is, July 1866. It cost twenty pounds for ten words, a year's wages for a servant, so for the first few years it was practically only merchants. The cotton brokers in Liverpool got it at once: whoever knows the price in New Orleans first wins. Before that they used to send out fast boats to meet the mail. And after? After that everybody knew the same price in the same second, and that's the beginning of the modern futures market.
1 所以说到底，这是一个关于棉花的故事。
So in the end it's a story about cotton.
2 棉花、橡胶、新闻、战争。我会说它是一个关于不耐烦的故事。
Cotton, rubber, news, war. I would say that it's a story about impatience.
1 不耐烦？
Impatience?
2 是啊。人们总说：“我们要是能更快知道就好了。”然后他们更快知道了，可是他们并没有更聪明。我想这就是我写这本书的原因。
Yes. People always say, "If only we knew sooner." And then they do know sooner, and they're not any wiser. I think that's the reason why I wrote the book.
1 Priya Raghunathan，谢谢你。《海底的耳语》下周出版。
Priya Raghunathan, thank you. A Whisper on the Seabed is out next week.
2 谢谢你，Oliver。替我问候你祖母。
Thank you, Oliver. And my regards to your grandmother.
1 她要是还在，会用手指敲桌子回答你的。这里是《长线》，下次再见。
If she were still with us, she'd tap you an answer on the table. This was The Long Line. Until next time.
"""


def telegraph() -> Subject:
    """The conversation."""
    return conversation(_LINES, _SPEAKERS)
