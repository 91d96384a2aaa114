using System.Globalization;

namespace Reflux.Distillation.Checkpoints;

/// <summary>
/// A checkpoint's place: <c>epoch/step-records</c>; records, because the position also moves on without a step. Ordered by epoch,
/// then step, then records consumed.
/// </summary>
internal readonly record struct CheckpointName(long Epoch, long Step, long Records) : IComparable<CheckpointName>
{
    public string RelativePath => Path.Combine(
        Epoch.ToString(CultureInfo.InvariantCulture),
        string.Create(CultureInfo.InvariantCulture, $"{Step}-{Records}"));

    public static CheckpointName? Parse(string epoch, string name)
    {
        var parts = name.Split('-');
        return parts.Length == 2 && TryParse(epoch, out var e) && TryParse(parts[0], out var step) && TryParse(parts[1], out var records)
            ? new CheckpointName(e, step, records)
            : null;
    }

    public int CompareTo(CheckpointName other) => (Epoch, Step, Records).CompareTo((other.Epoch, other.Step, other.Records));

    private static bool TryParse(string text, out long value) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
