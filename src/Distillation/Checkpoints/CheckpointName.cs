using System.Globalization;

namespace Reflux.Distillation.Checkpoints;

/// <summary>
/// A checkpoint's place: <c>epoch/step-records</c>; records, because the position also moves on without a step. Where the student went on elsewhere in its log, that moves the position too:
/// <c>epoch/step-records-passages</c>. Ordered by epoch, then step, then records consumed, then passages.
/// </summary>
internal readonly record struct CheckpointName(long Epoch, long Step, long Records, long Passages) : IComparable<CheckpointName>
{
    public string RelativePath => Path.Combine(
        Epoch.ToString(CultureInfo.InvariantCulture),
        string.Create(CultureInfo.InvariantCulture, $"{Step}-{Records}{(Passages > 0 ? string.Create(CultureInfo.InvariantCulture, $"-{Passages}") : "")}"));

    public static CheckpointName Of(CheckpointDocument document) => new(document.Epoch, document.Step, document.Counters.LabelRecords, document.Passages.Count);

    public static CheckpointName Of(LineageEntry entry) => new(entry.Epoch, entry.Step, entry.Records, entry.Passages.Count);

    public static CheckpointName? Parse(string epoch, string name)
    {
        var parts = name.Split('-');
        var passages = 0L;
        return parts.Length is 2 or 3 && TryParse(epoch, out var e) && TryParse(parts[0], out var step) && TryParse(parts[1], out var records)
            && (parts.Length == 2 || TryParse(parts[2], out passages))
            ? new CheckpointName(e, step, records, passages)
            : null;
    }

    public int CompareTo(CheckpointName other) => (Epoch, Step, Records, Passages).CompareTo((other.Epoch, other.Step, other.Records, other.Passages));

    private static bool TryParse(string text, out long value) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
