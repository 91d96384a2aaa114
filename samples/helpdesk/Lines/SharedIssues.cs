namespace Reflux.Samples.Helpdesk.Lines;

/// <summary>Issues that customers of both lines describe in the same words: money is money.</summary>
internal static class SharedIssues
{
    public const string DoubleCharge =
        "My [card|account] was [charged|debited] twice.|I see [two payments|the payment twice] on my [statement|card].";

    public const string MissingRefund =
        "I sent it back [weeks ago|on {date}|long ago] but [no money came|my refund is missing|I got nothing back].|Where is [the money|the refund] for [the return|what I sent back]?";

    public const string PriceDifference =
        "Now it [costs|sells for] [less|much less] [than I paid|in your shop].|The price [dropped|fell|went down] right after I [paid|ordered].";
}
