"""A conversation of our own about football, in good order and freely translated: two hosts and a guest."""

from __future__ import annotations

from episodes.checks.subject import Subject
from episodes.tests.checks.conversing import conversation

__all__ = ["touchline"]

_SPEAKERS = (
    ("Callum Reid", "卡勒姆·里德", "host"),
    ("Aisha Bello", "艾莎·贝洛", "host"),
    ("Mateus Carvalho", "马特乌斯·卡瓦略", "guest"),
)
_LINES = """
1 来了来了，《边线》又和大家见面了。我是Callum Reid，嗓子有点哑，原因你们都知道。
Here we go, it's time for another Touchline. I'm Callum Reid, and I'm a bit hoarse for reasons you all know about.
2 因为你在我耳朵边上喊了九十分钟。我是Aisha Bello，现在左耳还听不见。
Because you were yelling into my ear for ninety minutes. I'm Aisha Bello, and I still can't hear on the left side.
1 那个球越位了吗？没有。我到死都会这么说。
Was that goal offside? It was not. I'll go to my grave saying so.
2 越了半个脚趾头。好啦，不吵了，我们今天有客人。Mateus Carvalho以前是体能教练，现在给三家俱乐部做数据，其中一家的名字他不让我们说。
By half a toe. Anyway, let's not fight, because we have company. Mateus Carvalho used to be a fitness coach, and these days he does the numbers for three clubs, one of which he won't let us name.
3 你们好。我确实不能说，合同里写着呢。
Hello, hello. I really can't, it's in the contract.
1 是蓝队还是红队？眨一下眼睛就行。
Blue or red? Just blink once.
3 我这人从来不眨眼。
I'm a man who never blinks.
2 Mateus，先问个最简单的。你们这些搞数据的到底在数什么？
Mateus, an easy one to start with. You data people, what is it that you actually count?
3 老一辈人数的是传球、射门、跑动距离。可这些东西几乎说明不了什么。跑得最多的队往往是输的那个，因为他们在追球。我们关心的是一个动作改变了多少进球的可能。你在中圈横着传一脚，改变是零。你把球塞到后卫线身后，也许就是百分之四。把一个赛季里所有的百分之四加起来，你就知道该给谁涨工资了。
The old guard counted passes, shots, distance covered. Which tells you next to nothing. The team that runs most is often the one that loses, because they're chasing the ball. What we care about is how much a single action changes the odds of a goal. You knock it sideways in the centre circle, that's zero. You slip it in behind the back line, maybe that's four percent. Add up all of the four percents over a season and you know who deserves a raise.
1 可是足球不是数学啊，对吧？我奶奶一眼就能看出谁踢得好。
But football isn't maths, is it? My gran can tell who's good just by looking.
3 你奶奶要是能告诉我第二百名的右后卫里谁踢得好，我明天就雇她。
If your gran can tell me who's good among two hundred right-backs, I'll hire her tomorrow.
2 他奶奶大概真能。
She probably could.
1 她会很贵的。
She'd be expensive.
2 给我们讲个例子吧。有没有哪个球员，大家都看走眼了，只有你们的模型看对了？
Give us an example. Was there ever a player that everybody was wrong about and only your model was right?
3 有一个，葡萄牙乙级联赛的一个小个子，中场，二十六岁，所有的球探报告都写着“太慢”。他是慢，百米跑起来像我叔叔。可是数据里有一件奇怪的事：他每次接球之前都会回头看两三次，别人平均不到一次。所以球还没到，他已经知道往哪儿传了。慢有什么关系呢？球比谁都快。我们花四十万买来，两年后卖了一千九百万。
There was, a little guy in the Portuguese second division, a midfielder, twenty-six, and every scouting report said "too slow". And he was slow, he ran like my uncle. But there was something odd in the data: before he got the ball he'd look over his shoulder two or three times, and the average is less than one. So when it arrived he already knew where it was going. What does it matter if you're slow? Nobody's faster than the ball. We got him for four hundred thousand and two years later he went for nineteen million.
1 等一下，你们连脖子转几次都记？
Hang on, you keep track of how often they turn their necks?
3 是摄像头记的。每个球场顶上有十几台，一秒钟二十五次，每个人身上二十九个点，脚踝、膝盖、下巴，都有。
The cameras do. There's a dozen or so under the roof of every stadium, twenty-five times a second, twenty-nine points on every body, ankles, knees, the chin, everything.
2 那球员们怎么想？我要是知道有人在数我的下巴，我会疯掉。
And how do the players feel about it? If I knew that somebody was counting my chin, I'd go nuts.
3 年轻的无所谓，他们从十二岁起就戴着传感器长大。老的不喜欢。有位队长，名字不提，有一天把背心扔给我，说：“今天我心情不好，你那个机器能看出来吗？”我说看不出来。他说：“那它有什么用？”
The young ones don't mind, they've been wearing sensors since they were twelve. The older ones don't like it. There was a captain, no names, who threw his vest at me one day and said, "I'm in a bad mood today, can your machine see that?" And I said no. "Then what's it good for?"
1 问得好。
He had a point.
3 他说得没错。后来我们真的加了一个问题，每天早上让他们给自己的心情打分，一到五。你猜怎么着？这一个数字预测受伤，比所有的传感器加起来还准。
He did. So after that we added a question, every morning they rate their mood from one to five. And guess what? That one number predicts injuries better than all of the sensors put together.
2 不会吧。
No way.
3 千真万确，论文都发了。
Cross my heart, it's been published.
1 我现在的心情是二。因为那个越位。
My mood right now is a two. Because of that offside.
2 我们能不能不提越位了？
Could we please stop talking about the offside?
1 不能。Mateus，既然你在这儿，视频裁判到底让比赛变好了还是变坏了？
We could not. Mateus, since you're here, has the video referee made the game better or worse?
3 准确率从百分之九十二升到了九十八，这是事实。但你们问错了问题。以前进球的那一秒钟，整个球场一起飞起来，现在大家先看裁判的耳朵。这一秒钟值多少钱？没有哪个模型算得出来。我自己的儿子，七岁，在院子里踢球，进了球先用手画个方框，然后才庆祝。看到这个我差点哭了。
Accuracy went from ninety-two to ninety-eight percent, that's a fact. But you're asking the wrong question. It used to be that when a goal went in, the whole stadium took off in that second, and now everybody looks at the referee's ear first. What's that second worth? There's no model for it. My own son, he's seven, he plays in the yard, and when he scores he first draws a little box in the air and only then does he celebrate. I almost cried when I saw that.
2 噢，小可怜。
Oh, the poor thing.
1 这就是我说的！这就是我这么多年一直在说的！
That's what I'm saying! That's what I've been saying for years!
2 好，好，坐下。我想聊聊女足，因为我踢过，虽然踢得很烂。你们的模型用在女足上也行吗？
Okay, okay, sit down. I'd like to talk about the women's game, because I used to play, if badly. Do your models work there too?
3 直接搬过去不行，我们试过，错得离谱。门将平均矮十二公分，球门却一样大，所以远射的价值完全不同。还有一点没人想到：女子比赛停顿少，净比赛时间多出将近五分钟，疲劳是另一条曲线。我们花了两年从头来过。可气的是，有些俱乐部到现在还在用男足的数字给她们定工资。
Not if you just carry them over, we tried that and they were hopelessly wrong. The keepers are twelve centimetres shorter on average and the goal is the same size, so a long shot has a totally different value. And here's something nobody thought of: there are fewer stoppages, which means almost five more minutes of actual play, and fatigue is a different curve. It took us two years to start over. What makes me angry is that there are clubs that still set their wages by the men's numbers.
2 我就知道。我当年领的是车票钱。
I knew it. What I got was my bus fare.
1 你现在领的也差不多。
It's about what you get now.
2 谢谢提醒啊。
Thanks for reminding me.
1 好，快问快答。点球，往中间踢还是往角上踢？
Right, quick-fire round. Penalties, down the middle or into the corner?
3 中间。守门员十次有九次会倒向一边，因为站着不动被进球太丢脸了。
The middle. Nine times out of ten the keeper dives, since it's too embarrassing to be beaten standing still.
2 史上最佳？
The greatest of all time?
3 我是巴西人。你觉得呢？
I'm Brazilian. What do you think?
1 下一个会被数据毁掉的运动是什么？
Which sport will data ruin next?
3 钓鱼。已经开始了，别问我怎么知道的。
Fishing. It's started already, don't ask me how I know.
2 Mateus Carvalho，真高兴你能来，替我们亲亲你儿子。
Mateus Carvalho, it was so good to have you. Give your little boy a kiss from us.
3 一定。还有，那个球确实越位了。
I will. And by the way, it was offside.
1 出去。
Get out.
2 今天就到这里吧。《边线》由我们俩制作，音乐是我表哥的乐队，下星期同一时间。
And that's all for today. Touchline is made by the two of us, the music is by my cousin's band, and we'll be back at the same time next week.
1 没越位！
It wasn't!
"""


def touchline() -> Subject:
    """The conversation."""
    return conversation(_LINES, _SPEAKERS)
