namespace Reflux.Distillation.Records;

/// <summary>What every label record obeys: the one place that writer and reader check against.</summary>
internal static class LabelRules
{
    internal const int MostDraws = ushort.MaxValue;

    // ln p travels in fp16: half a unit in the last place of 11 bits, relative to |ln p|. The constant covers float64 sums and fp16 subnormals.
    private const double LogProbabilityRounding = 1.0 / 2048;
    private const double SumRounding = 1e-6;

    internal readonly record struct Violation(string Field, string Problem, DeadLetterReason Reason);

    public static Violation? FirstIn(LabelSpec spec) => spec switch
    {
        { Kind: not LabelKind.Sampled } => new("label kind", $"is {(byte)spec.Kind}, which names none", DeadLetterReason.ForeignLabels),
        { Size: < 1 or > MostDraws } => new("draws", $"is {spec.Size}, outside 1 to {MostDraws}", DeadLetterReason.Malformed),
        { Temperature: not (> 0 and < double.PositiveInfinity) } => new("temperature", "is not a positive number", DeadLetterReason.Malformed),
        _ => null,
    };

    /// <param name="sequence">The sequence to check.</param>
    /// <param name="spec">Its record's label specification.</param>
    /// <param name="vocabulary">V: ids lie below it.</param>
    public static Violation? FirstIn(LabelledSequence sequence, LabelSpec spec, int vocabulary)
    {
        if (sequence.PromptLength < 1 || sequence.PromptLength >= sequence.Tokens.Length)
        {
            return new("prompt length", $"is {sequence.PromptLength} of {sequence.Tokens.Length} tokens", DeadLetterReason.Malformed);
        }

        if (sequence.Sample < 0 || sequence.Prompt.Offset < 0 || sequence.Prompt.Log.Partition < 0)
        {
            return new("prompt position", "is negative", DeadLetterReason.Malformed);
        }

        for (var i = 0; i < sequence.Tokens.Length; i++)
        {
            if ((uint)sequence.Tokens[i] >= (uint)vocabulary)
            {
                return new($"tokens[{i}]", OutsideVocabulary(sequence.Tokens[i], vocabulary), DeadLetterReason.InvalidLabels);
            }
        }

        return FirstShapeViolation(sequence) ?? FirstIn((SampledLabels)sequence.Labels, spec.Size, vocabulary);
    }

    private static Violation? FirstShapeViolation(LabelledSequence sequence)
    {
        var labels = (SampledLabels)sequence.Labels;
        if (labels.Positions != sequence.LabelledTokens || labels.Offsets.Length != labels.Positions + 1
            || labels.Offsets[0] != 0 || labels.Offsets[^1] != labels.Ids.Length || labels.Counts.Length != labels.Ids.Length)
        {
            return new("labels", $"describe {labels.Positions} of {sequence.LabelledTokens} positions or are of unequal lengths", DeadLetterReason.Malformed);
        }

        return sequence.Holdout == labels.HasLogProbabilities && (!labels.HasLogProbabilities || labels.LogProbabilities.Length == labels.Ids.Length)
            ? null
            : new("ln p", "is there if and only if the sequence is kept from training, one for each drawn id", DeadLetterReason.Malformed);
    }

    private static Violation? FirstIn(SampledLabels labels, int draws, int vocabulary)
    {
        for (var i = 0; i < labels.Positions; i++)
        {
            var (from, to) = (labels.Offsets[i], labels.Offsets[i + 1]);
            if (to <= from || to > labels.Ids.Length)
            {
                return new($"labels[{i}]", "have no drawn id", DeadLetterReason.InvalidLabels);
            }

            if (!Half.IsFinite(labels.Entropy[i]) || labels.Entropy[i] < Half.Zero)
            {
                return new($"labels[{i}].entropy", "is not a finite number of at least 0", DeadLetterReason.InvalidLabels);
            }

            if (FirstInDraws(labels, i, from, to, draws, vocabulary) is { } violation)
            {
                return violation;
            }
        }

        return null;
    }

    private static Violation? FirstInDraws(SampledLabels labels, int position, int from, int to, int draws, int vocabulary)
    {
        var (drawn, mass, rounding) = (0, 0.0, SumRounding);
        for (var k = from; k < to; k++)
        {
            if ((uint)labels.Ids[k] >= (uint)vocabulary)
            {
                return new($"labels[{position}].ids[{k - from}]", OutsideVocabulary(labels.Ids[k], vocabulary), DeadLetterReason.InvalidLabels);
            }

            if (labels.Counts[k] == 0 || (k > from && labels.Ids[k] <= labels.Ids[k - 1]))
            {
                return new($"labels[{position}].ids[{k - from}]", "is not above the one before it, or was never drawn", DeadLetterReason.InvalidLabels);
            }

            drawn += labels.Counts[k];
            if (labels.HasLogProbabilities)
            {
                var logProbability = (double)labels.LogProbabilities[k];
                if (!double.IsFinite(logProbability) || logProbability > 0)
                {
                    return new($"labels[{position}].ln p[{k - from}]", "is not a finite number of at most 0", DeadLetterReason.InvalidLabels);
                }

                var probability = Math.Exp(logProbability);
                mass += probability;
                rounding -= probability * logProbability * LogProbabilityRounding;
            }
        }

        if (mass > 1 + rounding)
        {
            return new($"labels[{position}].ln p", "add up to more than 1 beyond fp16 rounding", DeadLetterReason.InvalidLabels);
        }

        return drawn == draws
            ? null
            : new($"labels[{position}].counts", $"add up to {drawn} draws instead of {draws}", DeadLetterReason.InvalidLabels);
    }

    private static string OutsideVocabulary(int id, int vocabulary) => $"is {id}, outside the vocabulary of {vocabulary}";
}
