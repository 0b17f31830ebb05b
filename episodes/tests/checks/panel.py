"""A conversation of our own about databases, in good order: a moderator and three engineers, as captions
write it down."""

from __future__ import annotations

from episodes.checks.subject import Subject
from episodes.tests.checks.conversing import conversation

__all__ = ["panel"]

_SPEAKERS = (
    ("Karen Whitlock", "凯伦·惠特洛克", "host"),
    ("Rafael Montoya", "拉斐尔·蒙托亚", "guest"),
    ("Sunita Pillai", "苏妮塔·皮莱", "guest"),
    ("Anders Holmqvist", "安德斯·霍姆奎斯特", "guest"),
)
_LINES = """
1 好的，我们开始吧。下午好，欢迎来到今天的最后一场讨论。我知道我们挡在你们和啤酒之间。
All right, let's get going. Good afternoon, everybody, and welcome to the last panel of the day. I know that we're standing between you and the beer.
1 我是Karen Whitlock，我今天的任务就是让这三位吵起来。我们从自我介绍开始，Rafael？
I'm Karen Whitlock, and my job today is to get these three to fight. So let's do introductions, Rafael?
2 大家好，我是Rafael Montoya。我在一家支付公司管数据库团队，我们每秒大概处理四万笔交易，所以我不太睡觉。
Hi everyone, I'm Rafael Montoya. I run the database team at a payments company, we do about forty thousand transactions a second, so I don't sleep much.
3 我是Sunita Pillai，我以前写存储引擎，现在教别人写存储引擎，这轻松多了。
I'm Sunita Pillai. I used to write storage engines and now I teach other people to write storage engines, which is a lot easier.
4 Anders Holmqvist，独立顾问。别人的集群半夜三点挂掉的时候，他们给我打电话。
Anders Holmqvist, independent consultant. I'm the one that people call when their cluster falls over at three in the morning.
1 他们会付你双倍的钱吗？
Do they pay you double for that?
4 三倍。
Triple.
1 好，第一个问题给所有人。你们觉得大多数公司真的需要分布式数据库吗？谁先来？
Okay, first question, to all of you. Do you think that most companies really need a distributed database? Who wants to go first?
2 我来吧。不需要。真的，不需要。你今天能租到一台有两TB内存的机器，你的整个业务都能装进去。人们问我：“那要是我们变成谷歌怎么办？”你不会变成谷歌的。
I'll take it. No. Seriously, no. Today you can rent a machine with two terabytes of memory, and your whole business fits into that. People ask me, "But what if we become Google?" You're not going to become Google.
3 我同意百分之八十。不过你说的是容量，而大多数人买的其实是可用性。他们不想在机房停电的时候给老板打电话。
I agree with eighty percent of that. But you're talking about capacity, and what most people are actually buying is availability. They don't want to call their boss when the data center loses power.
2 可是一个主库加两个副本也能做到这一点啊。
But you get that with one primary and two replicas.
3 能，如果你练习过切换的话。有多少团队练习过？我在课上问过，三十个人里举手的有两个。
You do, if you've practiced the failover. And how many teams have? I asked that in class, and two people out of thirty raised their hands.
4 这就是我的收入来源。
And that's how I make my living.
1 Anders，给我们讲讲最糟糕的一次。
Anders, tell us about the worst one.
4 好，名字我就不说了。一家北欧的零售商，黑色星期五。他们有三个节点，在三个不同的机房，一切都照书上写的做。然后一个人更新了防火墙规则，三个节点互相都看不见了，但是客户端还能看见它们。结果呢？每个节点都觉得自己是老大，各自卖了四个小时的东西。他们有一台咖啡机，卖出去了九百次，库存是三台。
Okay, so no names. A retailer in the Nordics, Black Friday. They had three nodes in three different data centers, everything by the book. Then somebody updates a firewall rule, and the three nodes can't see each other anymore, but the clients can still see all of them. And what happens? Every node thinks that it's the leader and they all go on selling for four hours. They had one coffee machine that was sold nine hundred times, and there were three in stock.
1 哎呀。
Ouch.
3 等一下，他们用的是什么共识协议？这种情况不应该发生啊。
Wait, what consensus protocol were they using? That's not supposed to happen.
4 自己写的。
They wrote their own.
3 啊，好吧。
Ah, okay.
2 永远不要自己写。
Never write your own.
3 我整个职业生涯都在写自己的，所以我抗议。不过，是的，永远不要。
I've spent my whole career writing my own, so I object to that. But yeah, never.
1 说到正确性，你们怎么测试这种东西？你不可能在生产环境里拔网线吧？
Speaking of correctness, how do you test for that kind of thing? I mean, you can't go and pull cables in production, right?
2 其实我们就是这么干的。每个星期二早上十点，我们随机关掉一台机器。第一次的时候，支付停了十一分钟，我差点被开除。现在没有人会注意到。
Actually, that's what we do. Every Tuesday at ten we take down a machine at random. The first time, payments were down for eleven minutes and I almost got fired. Now nobody even notices.
3 我更喜欢模拟。你把时钟、网络、磁盘全部换成假的，用一个随机种子驱动，这样一晚上就能跑完几百年的故障。如果出了错，你用同一个种子再跑一遍，错误就在那里等着你。这样调试起来，你知道吗，简直是一种享受。
I'm more of a fan of simulation. You replace the clock, the network and the disks with fake ones and drive all of it from one random seed, so in one night you go through centuries of failures. And if something breaks, you run it again with the same seed, and the bug is sitting there waiting for you. Debugging that is, you know, almost a pleasure.
4 可是模拟只能找到你想得到的故障，对不对？防火墙那个，没有人会想到去模拟。
But a simulation only finds the failures that you can think of, right? That thing with the firewall, nobody would have simulated that.
3 说得有道理。
Fair point.
1 我想谈谈钱。云账单。Rafael，你们去年从云上搬下来了，是吗？
I want to talk about money. Cloud bills. Rafael, you moved off the cloud last year, is that right?
2 只搬了数据库。我们每个月付四十万，其中一半是磁盘的输入输出。我们买了十二台服务器，花了六十万，放在两个机柜里。一个半月就回本了。当然，现在半夜换硬盘的是我们自己。
Only the databases. We were paying four hundred thousand a month, and half of that was disk I/O. So we bought twelve servers for six hundred grand and put them in two racks. It paid for itself in a month and a half. Of course now we're the ones who swap the drives at night.
4 人呢？你们多雇了几个人？
And people? How many more did you have to hire?
2 两个。好吧，三个，如果算上我老婆的话，她现在得忍受我。
Two. Well, three, if you count my wife, who has to put up with me.
1 Sunita，你在摇头。
Sunita, you're shaking your head.
3 没有，我只是觉得这种计算总是漏掉一样东西：你们的团队很强。一家普通的公司如果照着做，我敢打赌第一年就会丢一次数据。什么样的备份才算备份？你恢复过的那种。别的都只是希望。
No, I just think that this kind of math always leaves one thing out, which is that you have a very strong team. If an average company does that, I bet you they lose data in the first year. What kind of backup is a backup? One that you have restored. Anything else is just hope.
4 我要把这句话印在T恤上。
I'm going to put that on a T-shirt.
1 观众里有问题吗？好，后面那位。他问的是：“你们怎么看向量数据库？它们会留下来，还是会变成一个功能？”
Are there any questions from the audience? Yes, in the back. He's asking, "What do you make of vector databases? Are they here to stay, or will they become a feature?"
3 一个功能。我可以说得更长一点，但答案是一个功能。每过十年就有一种新的数据类型，对象、文档、图，每次都有人说这次需要一种全新的数据库，然后过五年它就变成了旧数据库里的一种索引。
A feature. I can give you a longer answer, but it's a feature. Every ten years there's a new data type, objects, documents, graphs, and every time somebody says that this one needs a completely new kind of database, and five years later it's a type of index in the old one.
2 我不太同意。规模到了一定程度，近似搜索的访问方式完全不一样，内存、缓存、所有的东西。我们试过用旧的库做欺诈检测，延迟是两百毫秒，换了专门的引擎以后是九毫秒。对我们来说这就是能用和不能用的区别。
I don't quite agree. At a certain scale approximate search has a completely different access pattern, memory, caches, everything. We tried to do fraud detection in the old database and the latency was two hundred milliseconds, and with a dedicated engine it's nine. For us that's the difference between usable and not usable.
3 那是因为你用的是五年前的版本。
That's because you're on a version from five years ago.
2 好吧，被你抓住了。
Okay, you got me there.
1 终于吵起来了。谢谢你们。
Finally, a fight. Thank you.
4 我补充一句。顾客从来不问我该用哪种数据库，他们问的是：“为什么这么慢？”十次里有九次，答案是少了一个索引。剩下的那一次，是多了一个索引。
Let me add one thing. Customers never ask me which database to use, they ask, "Why is it so slow?" And nine times out of ten the answer is that an index is missing. The tenth time it's that there's one too many.
1 那么人工智能呢？它能替我们加索引吗？
And what about AI? Can it add the indexes for us?
4 它可以，而且做得不错。但是它也会删索引，问题就在这里。我上个月见过一个代理，它发现一张表“没有人用”，就把它删了。那是年度审计用的表，一年用一次。
It can, and it isn't bad at it. But it also drops indexes, and that's where the trouble starts. Last month I saw an agent that noticed a table "nobody was using", so it dropped it. That was the table for the annual audit, which is used once a year.
2 这让我今晚又睡不着了。
Now I won't sleep tonight either.
1 我们还有两分钟。每个人用一句话：给一个刚毕业的年轻工程师，你会给什么建议？Sunita，你先来。
We've got two minutes left. One sentence from each of you: what advice would you give to a young engineer fresh out of college? Sunita, you go first.
3 读论文，但是先读源代码。代码不会撒谎。
Read the papers, but read the source code first. Code doesn't lie.
2 学会写SQL。是的，还是SQL。它比我们所有人都活得久。
Learn to write SQL. Yes, still SQL. It's going to outlive all of us.
4 晚上把手机关掉。我是认真的。如果一个系统需要你半夜醒着，那这个系统还没有做完。
Turn off your phone at night. I'm serious. If a system needs you to be awake at night, then the system isn't finished.
1 非常好的结尾。请大家给他们一点掌声。啤酒在二楼。
That's a great place to end. Please give them a hand. The beer is on the second floor.
"""


def panel() -> Subject:
    """The conversation."""
    return conversation(_LINES, _SPEAKERS)
