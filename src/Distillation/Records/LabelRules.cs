namespace Reflux.Distillation.Records;

/// <summary>What every label record obeys. The writer checks all of it; much of it a record can't even say otherwise, and the rest the reader checks on its way.</summary>
internal static class LabelRules
{
    public const int MostSize = ushort.MaxValue;

    public const string EntropyProblem = "is not a finite number of at least 0";

    // ln p travels in fp16: half a unit in the last place of 11 bits, relative to |ln p|. The constant covers float64 sums and fp16 subnormals.
    private const double LogProbabilityRounding = 1.0 / 2048;
    private const double SumRounding = 1e-6;

    internal readonly record struct Violation(string Field, string Problem, DeadLetterReason Reason);

    public static Violation? FirstIn(LabelSpec spec) => spec switch
    {
        { Kind: not (LabelKind.Sampled or LabelKind.TopK) } => new("label kind", $"is {(byte)spec.Kind}, which names none", DeadLetterReason.ForeignLabels),
        { Size: < 1 or > MostSize } => new("label size", $"is {spec.Size}, outside 1 to {MostSize}", DeadLetterReason.Malformed),
        { Temperature: not (> 0 and < double.PositiveInfinity) } => new("temperature", "is not a positive number", DeadLetterReason.Malformed),
        _ => null,
    };

    /// <summary>What is wrong with a sequence that is to be written.</summary>
    public static Violation? FirstIn(LabelledSequence sequence, LabelSpec spec)
    {
        if (sequence.PromptLength < 1 || sequence.PromptLength >= sequence.Tokens.Length)
        {
            return new("prompt length", $"is {sequence.PromptLength} of {sequence.Tokens.Length} tokens", DeadLetterReason.Malformed);
        }

        if (sequence.LossMask is { } mask && mask.Length != sequence.Tokens.Length - sequence.PromptLength)
        {
            return new("loss mask", $"has {mask.Length} flags for {sequence.Tokens.Length - sequence.PromptLength} tokens", DeadLetterReason.Malformed);
        }

        if (sequence.Sample < 0 || sequence.Prompt.Offset < 0 || sequence.Prompt.Log.Partition < 0 || sequence.Student?.Version < 0)
        {
            return new("prompt position, sample or student version", "is negative", DeadLetterReason.Malformed);
        }

        for (var t = 0; t < sequence.Tokens.Length; t++)
        {
            if ((uint)sequence.Tokens[t] >= int.MaxValue)
            {
                return new($"tokens[{t}]", OutsideVocabulary(sequence.Tokens[t], int.MaxValue), DeadLetterReason.InvalidLabels);
            }
        }

        return FirstInShape(sequence, spec) ?? FirstInIds(sequence.Labels, spec) ?? (sequence.Labels is SampledLabels sampled
            ? FirstInDraws(sampled, sequence.Holdout, spec.Size)
            : FirstInMasses((TopKLabels)sequence.Labels));
    }

    public static bool IsEntropy(Half entropy) => Half.IsFinite(entropy) && !Half.IsNegative(entropy);

    /// <summary>What is wrong with the ln p of the ids drawn at one position.</summary>
    public static Violation? FirstInLogProbabilities(ReadOnlySpan<Half> logProbabilities, int position)
    {
        var (mass, rounding) = (0.0, SumRounding);
        for (var k = 0; k < logProbabilities.Length; k++)
        {
            var logProbability = (double)logProbabilities[k];
            if (!double.IsFinite(logProbability) || logProbability > 0)
            {
                return new($"labels[{position}].ln p[{k}]", "is not a finite number of at most 0", DeadLetterReason.InvalidLabels);
            }

            var probability = Math.Exp(logProbability);
            mass += probability;
            rounding -= probability * logProbability * LogProbabilityRounding;
        }

        return mass <= 1 + rounding ? null : new($"labels[{position}].ln p", "add up to more than 1 beyond fp16 rounding", DeadLetterReason.InvalidLabels);
    }

    public static string OutsideVocabulary(long id, int vocabulary) => $"is {id}, outside the vocabulary of {vocabulary}";

    private static Violation? FirstInShape(LabelledSequence sequence, LabelSpec spec)
    {
        var labels = sequence.Labels;
        var (positions, ids) = (labels.Positions, labels.Ids.Length);
        var columns = labels switch
        {
            SampledLabels sampled => sampled.Counts.Length == ids && (!sampled.HasLogProbabilities || sampled.LogProbabilities.Length == ids),
            TopKLabels top => top.LogProbabilities.Length == ids && top.LogTailMass.Length == positions,
            _ => false,
        };
        if (labels.Kind != spec.Kind || positions < 1 || positions != sequence.LabelledTokens || !columns
            || labels.Offsets.Length != positions + 1 || labels.Offsets[0] != 0 || labels.Offsets[^1] != ids)
        {
            return new("labels", $"are {labels.Kind} of {positions} of {sequence.LabelledTokens} positions, or of unequal lengths", DeadLetterReason.Malformed);
        }

        return labels is SampledLabels drawn && drawn.HasLogProbabilities != sequence.Holdout
            ? new("ln p", "is there if and only if the sequence is kept from training", DeadLetterReason.Malformed)
            : null;
    }

    private static Violation? FirstInIds(SoftLabels labels, LabelSpec spec)
    {
        var offsets = labels.Offsets;
        var ids = labels.Ids;
        for (var i = 0; i < labels.Positions; i++)
        {
            var (from, to) = (offsets[i], offsets[i + 1]);
            if (to <= from || to > ids.Length || to - from > spec.Size)
            {
                return new($"labels[{i}]", $"have {to - from} ids, outside 1 to {spec.Size}", DeadLetterReason.InvalidLabels);
            }

            var before = -1;
            foreach (var id in ids[from..to])
            {
                if (id <= before || id == int.MaxValue)
                {
                    return new($"labels[{i}].ids", $"hold {id} after {before}", DeadLetterReason.InvalidLabels);
                }

                before = id;
            }

            if (!IsEntropy(labels.Entropy[i]))
            {
                return new($"labels[{i}].entropy", EntropyProblem, DeadLetterReason.InvalidLabels);
            }
        }

        return null;
    }

    private static Violation? FirstInDraws(SampledLabels labels, bool holdout, int draws)
    {
        var offsets = labels.Offsets;
        var counts = labels.Counts;
        for (var i = 0; i < labels.Positions; i++)
        {
            var (drawn, never) = (0, false);
            foreach (var count in counts[offsets[i]..offsets[i + 1]])
            {
                drawn += count;
                never |= count == 0;
            }

            if (never || drawn != draws)
            {
                return new($"labels[{i}].counts", $"add up to {drawn} draws instead of {draws}, or hold 0", DeadLetterReason.InvalidLabels);
            }

            if (holdout && FirstInLogProbabilities(labels.LogProbabilities[offsets[i]..offsets[i + 1]], i) is { } broken)
            {
                return broken;
            }
        }

        return null;
    }

    private static Violation? FirstInMasses(TopKLabels labels)
    {
        var offsets = labels.Offsets;
        var logProbabilities = labels.LogProbabilities;
        for (var i = 0; i < labels.Positions; i++)
        {
            var tail = labels.LogTailMass[i];
            var mass = (double)MathF.Exp(tail);
            var valid = tail <= 0;
            foreach (var logProbability in logProbabilities[offsets[i]..offsets[i + 1]])
            {
                valid &= float.IsFinite(logProbability) && logProbability <= 0;
                mass += MathF.Exp(logProbability);
            }

            if (!valid || !(Math.Abs(Math.Log(mass)) <= LogProbabilityGrid.WriterTolerance))
            {
                return new($"labels[{i}].ln p", "are not at most 0, or do not add up to 1 with the tail's mass", DeadLetterReason.InvalidLabels);
            }
        }

        return null;
    }
}
