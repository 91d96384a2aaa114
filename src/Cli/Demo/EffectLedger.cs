using Reflux.Contracts.Http;
using Reflux.Contracts.Identity;

namespace Reflux.Cli.Demo;

/// <summary>Holds the demo's list of accepted prompts against the student's dedupe state: each must have taken effect exactly once.</summary>
internal static class EffectLedger
{
    /// <summary>Accepted prompts with no effect, and effects beyond the first.</summary>
    /// <param name="Lost">Accepted, not in the student and not waiting for a full step; or done with and yet without an effect.</param>
    /// <param name="Twice">Effects beyond one a prompt, whether under two positions or twice under one.</param>
    /// <param name="Open">Accepted and still waiting for a full step.</param>
    internal sealed record Verdict(long Lost, long Twice, long Open);

    public static Verdict Check(AcceptedPrompts accepted, LabelTail tail, StudentAccounting accounting)
    {
        var effects = accounting.Partitions.ToDictionary(partition => partition.Log, partition => (partition.FirstOffset, Bits: Convert.FromBase64String(partition.Bitmap)));
        var pending = accounting.PendingSequences.ToHashSet();
        bool Waits(IEnumerable<Position> positions) => positions.Any(pending.Contains);
        bool IsDone(IEnumerable<Position> positions) => positions.Any(position => IsSet(effects, position));

        long lost = 0, open = 0;
        foreach (var (id, entry) in accepted.All)
        {
            IReadOnlyCollection<Position> positions = tail.Find(id)?.Positions ?? [entry.Position];
            open += Waits(positions) ? 1 : 0;
            lost += !Waits(positions) && !IsDone(positions) ? 1 : 0;
        }

        // A bit says only that a position is done with, and a retry has one of its own. What took effect, and how often, is in the sum of ids that rises
        // where an effect happens: it must be that of the prompts done with
        var done = tail.All.Where(labelled => IsDone(labelled.Positions) && !Waits(labelled.Positions)).ToList();
        var surplus = accounting.TrainedSequences + accounting.HoldoutSequences - done.Count;
        var expected = done.Aggregate(UInt128.Zero, (sum, labelled) => unchecked(sum + labelled.Sequence.Value));
        var exchanged = surplus == 0 && accounting.EffectSum.Value != expected ? 1 : 0;
        return new Verdict(lost + Math.Max(0, -surplus) + exchanged, Math.Max(0, surplus) + exchanged, open);
    }

    private static bool IsSet(Dictionary<LogId, (long FirstOffset, byte[] Bits)> effects, Position position)
    {
        if (!effects.TryGetValue(position.Log, out var effect) || position.Offset < effect.FirstOffset)
        {
            return false;
        }

        var bit = position.Offset - effect.FirstOffset;
        return bit / 8 < effect.Bits.Length && (effect.Bits[bit / 8] >> (int)(bit % 8) & 1) == 1;
    }
}
