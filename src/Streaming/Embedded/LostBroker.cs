using Reflux.Contracts.Identity;

namespace Reflux.Streaming.Embedded;

/// <summary>An embedded broker that has ended and what it held: memory only, so what nobody had read is lost.</summary>
/// <param name="RecordedAt">When it was last known to be alive; up to a second before its end.</param>
/// <param name="UnreadPrompts">Prompts that it had acknowledged and that no teacher had finished by then.</param>
/// <param name="LabelEnds">Where its label logs ended, those that had records: a checkpoint at this position lost nothing.</param>
public sealed record LostBroker(DateTimeOffset RecordedAt, long UnreadPrompts, IReadOnlyDictionary<LogId, long> LabelEnds)
{
    /// <summary>What to tell the operator.</summary>
    public string Message
    {
        get
        {
            var labels = LabelEnds.Count == 0 ? "" : $" Of its {LabelEnds.Values.Sum()} label records, those remain that a student's checkpoint has read.";
            var prompts = UnreadPrompts == 0 ? "no unread prompt" : $"{UnreadPrompts} prompt(s) that no teacher had finished; they are lost";
            return FormattableString.Invariant($"The embedded broker that ran here before is gone (last seen {RecordedAt:u}). It kept its log in memory and held {prompts}.{labels}");
        }
    }

    internal static LostBroker From(BrokerFile file)
    {
        var prompts = file.Topics.GetValueOrDefault(Topics.Prompts);
        var labels = file.Topics.GetValueOrDefault(Topics.Labels);
        return new LostBroker(
            file.RecordedAt,
            prompts is null ? 0 : prompts.Ends.Zip(prompts.Read ?? [], (end, read) => Math.Max(0, end - read)).Sum(),
            labels is null ? new Dictionary<LogId, long>() : labels.Ends.Index().Where(end => end.Item > 0).ToDictionary(end => new LogId(labels.Id, end.Index), end => end.Item));
    }
}
