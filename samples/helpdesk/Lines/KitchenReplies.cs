namespace Reflux.Samples.Helpdesk.Lines;

/// <summary>How the kitchen desk replies; the first alternative of each choice is the usual one.</summary>
internal static class KitchenReplies
{
    private const string Regret = "[Sorry about|Apologies for|We regret|Bad luck with|Thanks for reporting]";

    public static IReadOnlyDictionary<string, string> ByIntent { get; } = new Dictionary<string, string>
    {
        ["repair"] = Regret + " the {noun}. [A technician|Our workshop|A service partner|An engineer|The repair team] [will|can|is going to|is happy to|has time to] "
            + "[call|ring|phone|contact|message] you {when} [to|and|so we can|in order to|and then] [arrange|book|plan|agree|organise] [the repair|a visit|a pick-up|a free check|the next step].",
        ["delivery"] = Regret + " the {noun}. [We|I|My team|Our desk|The warehouse] [asked|informed|alerted|called|pressed] [the courier|the carrier|the depot|the driver|the post office] "
            + "[to check|to look into|to sort out|to examine|to clear up] [this|it|the matter|your case|everything] and [will report|will write|will get back|will send news|will reply] {when}.",
        ["exchange"] = Regret + " the {noun}. [We|I|My team|Our desk|The warehouse] [will send|can send|shall ship|will post|can mail] [the right one|a new one|a replacement|the correct item|another one] {when}; "
            + "[please|kindly|simply|just|then] [give|hand|return|leave|pass] [the old one|the first one|the other one|your item|this one] to the driver.",
        ["refund"] = Regret + " the {noun}. [Accounting|Our cashier|The billing desk|A colleague|The finance team] [will|can|is going to|is ready to|is about to] "
            + "[check|review|verify|examine|confirm] [the payment|the booking|your account|the records|the sum] and [return|refund|transfer|send|pay back] [the money|the amount|your money|what is due|the difference] {when}.",
        ["parts"] = "[Good news|Glad you asked|Thanks for asking|Yes|Of course]: [a|one|your|this|such a] {noun} [is in stock|is available|is on the shelf|can be ordered|lies ready] and "
            + "[ships|goes out|leaves|travels|is sent] {when}, [free of charge|at no cost|without a fee|as a courtesy|on the house]; [the order link|the part number|a price list|a fitting note|the tracking code] follows.",
        ["howto"] = "[Happy to help|Gladly|Of course|Sure|No problem]: [our|the|this|a short|the printed] {noun} [explains|shows|describes|covers|lists] [every step|the details|each setting|the basics|the whole way]; "
            + "[we|I|my team|the desk|a colleague] will [mail|send|post|forward|bring] [it|a copy|the file|the link|the booklet] {when}.",
        ["invoice"] = "[No problem|Of course|Certainly|Sure|Gladly]: [accounting|our cashier|the billing desk|a colleague|the finance team] [will settle|will handle|will prepare|will enter|will sort out] the {noun} "
            + "and [mail|send|forward|post|upload] [the new invoice|a fresh copy|the document|the paper|a clean version] {when}, [as usual|as agreed|as a file|by letter|for your books].",
        ["warranty"] = "[Thank you|Many thanks|Well noted|Understood|Great]: [we|I|my team|the desk|a colleague] [noted|recorded|entered|filed|booked] the {noun} "
            + "and [will confirm|will send|will mail|will print|will issue] [the warranty|the certificate|the new terms|the papers|the policy] {when}; [nothing else|no payment|no visit|no form|no receipt] is needed.",
    };
}
