using Reflux.Contracts.Http;
using Reflux.Contracts.Identity;

namespace Reflux.Cli.Demo;

/// <summary>Holds the demo's list of accepted prompts against the student's dedupe state: each must have taken effect exactly once.</summary>
internal static class EffectLedger
{
    /// <summary>Accepted prompts with no effect, and effects beyond the first.</summary>
    /// <param name="Lost">Accepted, not in the student and not waiting for a full step.</param>
    /// <param name="Twice">Effects beyond one a prompt, whether under two positions or twice under one.</param>
    /// <param name="Open">Accepted and still waiting for a full step.</param>
    internal sealed record Verdict(long Lost, long Twice, long Open);

    public static Verdict Check(AcceptedPrompts accepted, LabelTail tail, StudentAccounting accounting)
    {
        var effects = accounting.Partitions.ToDictionary(partition => partition.Log, partition => (partition.FirstOffset, Bits: Convert.FromBase64String(partition.Bitmap)));
        var pending = accounting.PendingSequences.ToHashSet();
        long lost = 0, open = 0;
        foreach (var (id, entry) in accepted.All)
        {
            IReadOnlyCollection<Position> positions = tail.Find(id)?.Positions ?? [entry.Position];
            if (!positions.Any(position => IsSet(effects, position)))
            {
                if (positions.Any(pending.Contains))
                {
                    open++;
                }
                else
                {
                    lost++;
                }
            }
        }

        // the counters rise where an effect happens; a bit says only that a position is done with, and a retry has its own. So more effects than prompts
        // that are done with means that one happened twice
        var done = tail.All.Count(labelled => labelled.Positions.Any(position => IsSet(effects, position)));
        return new Verdict(lost, Math.Max(0, accounting.TrainedSequences + accounting.HoldoutSequences - done), open);
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
