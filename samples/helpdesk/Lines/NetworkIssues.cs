namespace Reflux.Samples.Helpdesk.Lines;

/// <summary>What customers write about the connected home.</summary>
internal static class NetworkIssues
{
    public static IReadOnlyList<Issue> All { get; } =
    [
        new("outage", "dropped connection",
            "It [drops|loses] the [connection|signal] [every hour|at night|again and again].|The [connection|signal] [breaks|cuts out] [during calls|when it rains|without warning]."),
        new("outage", "slow speed",
            "[Everything|Streaming|Loading] is [painfully|terribly|very] slow [in the evening|since the move].|The speed is [a fraction|half] of what [you promised|the contract says]."),
        new("outage", "offline status",
            "The app [says|shows|claims] it is offline [all day|although it has power|for no reason].|It went offline [after the storm|overnight] and never came back."),
        new("outage", "red light",
            "A red [light|lamp] [blinks|flashes|glows] [without end|on the front|since dawn].|The [light|lamp] turned red [after a power cut|all of a sudden]."),

        new("pairing", "device search",
            "My phone [can't find|does not see|fails to detect] it [over Bluetooth|during pairing|in the list].|Bluetooth [finds|discovers] nothing during pairing."),
        new("pairing", "rejected code",
            "The [pairing|setup] code is [rejected|refused|not accepted].|Whatever code I [enter|type], [pairing|setup] fails."),
        new("pairing", "scratched sticker",
            "The QR [sticker|label] is [unreadable|scratched|faded].|I can't scan the [sticker|label] [on the back|under the base]."),

        new("firmware", "frozen update",
            "The [update|download] [hangs|freezes|stops] at [halfway|the last step|the same point].|The update has been [running|frozen] [since {date}|for hours]."),
        new("firmware", "restart loop",
            "Since the [update|new firmware] it [reboots|restarts] [in a loop|every few minutes|nonstop].|The firmware keeps restarting [itself|all night]."),
        new("firmware", "lost feature",
            "The [new firmware|last update] removed [the night mode|my schedules|the history].|[The night mode|My favourite feature] is gone after the update."),

        new("account", "locked account",
            "My account [is locked|got blocked|is suspended].|You [locked|blocked|suspended] my account [by mistake|without a word]."),
        new("account", "password reset",
            "The password [mail|link] [never arrives|does not work|has expired].|I forgot my password [and the hint|again]."),
        new("account", "phone change",
            "I have a new [phone number|mobile] and the login codes go to the old one.|Login codes [arrive|end up] on my old [phone|mobile]."),

        new("plan", "plan ending",
            "I want to [cancel|end|stop] my [plan|subscription].|Please [terminate|close] my [plan|subscription] [on {date}|for good]."),
        new("plan", "plan upgrade",
            "[I'd like|We want] to [switch|move|upgrade] to the [bigger|premium|family] plan.|What does the [bigger|premium|family] plan add?"),
        new("plan", "free trial",
            "The [free trial|trial month] [ended too early|ran out|was cut short].|Can I [repeat|lengthen|restart] the free trial?"),

        new("privacy", "data deletion",
            "Please [delete|erase|wipe] [my recordings|my data|all clips].|How long are [my recordings|my clips] [stored|kept]?"),
        new("privacy", "unknown login",
            "[Someone|A stranger] [logged in|signed in] [from abroad|last night].|I see a login [I don't recognise|from another country]."),
        new("privacy", "shared access",
            "My [ex-partner|former flatmate|old tenant] still has access [to it|to the video].|How do I [revoke|withdraw] a guest's access?"),

        new("refund", "double charge", SharedIssues.DoubleCharge),
        new("refund", "missing refund", SharedIssues.MissingRefund),
        new("refund", "price difference", SharedIssues.PriceDifference),

        new("install", "wall mount",
            "The [wall mount|bracket] [wobbles|does not fit|came without screws].|Which [screws|anchors] hold the [wall mount|bracket]?"),
        new("install", "wiring plan",
            "Which [wire|cable] goes to which [terminal|port]?|The [old wires|wire colours] [confuse me|don't match the drawing]."),
        new("install", "fitting visit",
            "The [fitter|installer] [did not show up|came too late|left early].|I need [a new slot|another date] with the [fitter|installer]."),
    ];
}
