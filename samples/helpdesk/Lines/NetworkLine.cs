namespace Reflux.Samples.Helpdesk.Lines;

/// <summary>Devices of the connected home: the traffic that a run drifts to.</summary>
internal static class NetworkLine
{
    public static LineDefinition Definition { get; } = new()
    {
        Line = ProductLine.Network,
        Products =
        [
            new("router", "router|wifi router|fibre router"),
            new("doorbell", "doorbell|video doorbell|smart bell"),
            new("camera", "camera|garden camera|indoor cam"),
            new("thermostat", "thermostat|room thermostat|heating control"),
            new("speaker", "speaker|smart speaker|voice speaker"),
            new("hub", "hub|smart hub|home hub"),
            new("lock", "lock|door lock|smart lock"),
            new("plug", "plug|power plug|smart plug"),
        ],
        Topic = "[I|We] [installed|mounted|connected|set up] [the|this|your] {product} "
            + "[on {date}|last week|last month|at home|upstairs|in the hallway|in the garage|for my parents]."
            + "|[Support needed with|Trouble with|A question about] [my|our|the] {product}[| since {date}| in the office| by the entrance]."
            + "|[My|Our] {product} [went live|was activated|was replaced] on {date}."
            + "|[I am|We are] contacting you about the {product} [your technician fitted|in our holiday home|on the ground floor|from the starter kit].",
        Remark = "I [rebooted|reset|unplugged] everything [once|twice|several times].|The [hotline|chat bot] [could not help|hung up on me]."
            + "|My [phone|tablet|laptop] runs the latest app.|Other devices [work well|have no trouble].|[The manual|Your forum] [says nothing|is silent] about it."
            + "|I am [no expert|quite technical].|A friend [set it up|wired it] for me.",
        Urgencies =
        [
            new("high",
                "I work from home and need [it|this] [back|fixed] [today|by tonight|right away].|Please [hurry|act fast], [we feel unsafe|my parents depend on it|our shop relies on it]."
                + "|This is urgent[| for us| for my office].|[I can't|We can't] go on like this [a single day|any longer].",
                "today|right away|within the hour|before tonight|at once"),
            new("normal",
                "[A call|A mail|Some advice] [this week|in the next days] would be [good|fine|great].|Please [advise|respond|let me know] [this week|in the next days]."
                + "|I look forward to your reply [soon|in the usual time].",
                "this week|soon|in the next days|shortly|in a few days"),
            new("low",
                "[There is no rush|No hurry at all|It is not pressing].|[It|This] can wait [a while|until next month|until the holidays].|[Whenever|When] you [have time|find a moment] is fine."
                + "|Take your time[| with this| over it].",
                "next month|later on|in due course|in the coming weeks|without hurry"),
        ],
        Issues = NetworkIssues.All,
        Replies = NetworkReplies.ByIntent,
    };
}
