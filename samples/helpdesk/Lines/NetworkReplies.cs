namespace Reflux.Samples.Helpdesk.Lines;

/// <summary>How the connected-home desk replies; the first alternative of each choice is the usual one.</summary>
internal static class NetworkReplies
{
    private const string Thanks = "[Thanks for flagging|Glad you raised|We looked at|I read about|It helps to know]";

    public static IReadOnlyDictionary<string, string> ByIntent { get; } = new Dictionary<string, string>
    {
        ["outage"] = Thanks + " the {noun}. [Remote support|A network expert|Level two|Our control room|The field team] [runs|starts|performs|schedules|prepares] "
            + "[a line test|a signal scan|a full diagnosis|a health check|a log review] {when}; [keep|leave|hold] it [powered|plugged in|switched on|online|connected] [until then|meanwhile|for now|please|if possible].",
        ["pairing"] = Thanks + " the {noun}. [Hold|Press|Push|Keep|Touch] [the reset key|the side key|the small pin|the round key|the top key] for [a moment|a while|some seconds|a long breath|a short count], then "
            + "[scan|try|search|pair|connect] [again|once more|anew|afresh|a second time]; [an agent|remote support|a guide|level two|a colleague] joins {when}.",
        ["firmware"] = Thanks + " the {noun}. [Engineering|The lab|Our developers|The beta group|Level two] [pushes|releases|uploads|sends|rolls out] [a patched build|a hotfix|the old version|a clean image|a repair file] {when}; "
            + "[please avoid|better skip|do not force|hold off|refrain from] [a restart|a reset|a reboot|a rollback|power cuts] [until then|meanwhile|for now|this time|if possible].",
        ["account"] = Thanks + " the {noun}. [Identity services|The login desk|Our security team|An agent|Level two] [verifies|confirms|inspects|reviews|checks] [your profile|your identity|the request|the history|the sign-in] {when} and "
            + "[restores|reopens|renews|unlocks|resets] [access|the login|your entry|the credentials|everything] [safely|for you|step by step|by mail|by phone].",
        ["plan"] = Thanks + " the {noun}. [The contract desk|Customer care|An adviser|Our tariff team|A colleague] [adjusts|changes|amends|reviews|updates] [your contract|the tariff|the agreement|your terms|the booking] {when}, "
            + "[with no fee|at no charge|without penalty|free of cost|as promised], and [mails|sends|posts|emails|shares] [a summary|the new terms|a confirmation|the dates|a short note].",
        ["privacy"] = Thanks + " the {noun}. [The privacy officer|Our security team|The data office|An auditor|Level two] [acts|responds|steps in|decides|intervenes] {when}; meanwhile "
            + "[change|renew|replace|refresh|reset] [your passphrase|your PIN|the master key|the guest code|every password] and [remove|unlink|disable|revoke|sign out] [old devices|all guests|spare phones|unused apps|other users].",
        ["refund"] = Thanks + " the {noun}. [Finance|The payments desk|Treasury|An adviser|Our ledger team] [traces|matches|audits|verifies|inspects] [the transaction|the transfer|your invoice|the card slip|the entries] and "
            + "[credits|repays|returns|settles|reverses] [the amount|the balance|the surplus|the full sum|the gap] {when}, [with no fee|at no charge|without penalty|free of cost|as promised].",
        ["install"] = Thanks + " the {noun}. [A field installer|The fitting crew|Our local partner|An electrician|A colleague] [brings|carries|supplies|packs|provides] [the right kit|spare screws|a new bracket|the drawings|all tools] {when} and "
            + "[finishes|completes|corrects|tests|handles] [the job|the setup|the mounting|the wiring|the fitting] [on site|with you|in one go|from start to end|neatly].",
    };
}
