namespace Reflux.Samples.Helpdesk.Lines;

/// <summary>Kitchen appliances: the traffic that a run starts with.</summary>
internal static class KitchenLine
{
    public static LineDefinition Definition { get; } = new()
    {
        Line = ProductLine.Kitchen,
        Products =
        [
            new("kettle", "kettle|tea kettle|electric kettle"),
            new("toaster", "toaster|bread toaster|sandwich toaster"),
            new("blender", "blender|hand blender|smoothie blender"),
            new("espresso", "espresso machine|coffee machine|coffee maker"),
            new("mixer", "mixer|stand mixer|dough mixer"),
            new("fryer", "air fryer|deep fryer|oil-free fryer"),
            new("cooker", "rice cooker|pressure cooker|slow cooker"),
            new("juicer", "juicer|citrus juicer|juice press"),
        ],
        Topic = "[I|We] [bought|ordered|got|picked up] [the|this|your] {product} "
            + "[on {date}|last week|last month|in spring|some weeks ago|for our new flat|for the canteen|as a present]."
            + "|[This|My message|My question] [is about|concerns] [my|our|the] {product}[| from {date}| in the kitchen| on the counter]."
            + "|[My|Our] {product} [is from|was delivered on|dates from] {date}."
            + "|[I am|We are] writing about the {product} [I use daily|in our office|my sister gave me|from your spring sale].",
        Remark = "I found no [answer|help] [on your website|in the manual|in the booklet].|This is my [second|third] message about it."
            + "|My [neighbour|cousin|colleague] owns the same one.|I have been a customer [for years|since you opened]."
            + "|The [shop|store|dealer] [sent me|referred me] to you.|I cook [every day|for a big family].|Otherwise [I like it|we love it] a lot.",
        Urgencies =
        [
            new("high",
                "I [need|must have] [an answer|your help|a solution] [today|by tonight|right away].|Please [hurry|act fast], [guests arrive|we open the café|the party starts] tomorrow."
                + "|This is urgent[| for us| for my shop].|[I can't|We can't] wait [a single day|any longer].",
                "today|right away|within the hour|before tonight|at once"),
            new("normal",
                "[A reply|An answer|Some news] [this week|in the next days] would be [good|fine|great].|Please [get back to me|write back|let me know] [this week|in the next days]."
                + "|I hope to hear from you [soon|in the usual time].",
                "this week|soon|in the next days|shortly|in a few days"),
            new("low",
                "[There is no rush|No hurry at all|It is not pressing].|[It|This] can wait [a while|until next month|until I am back].|[Whenever|When] you [have time|find a moment] is fine."
                + "|Take your time[| with this| over it].",
                "next month|later on|in due course|in the coming weeks|without hurry"),
        ],
        Issues = KitchenIssues.All,
        Replies = KitchenReplies.ByIntent,
    };
}
