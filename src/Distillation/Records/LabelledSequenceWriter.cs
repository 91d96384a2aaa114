using System.Numerics;

namespace Reflux.Distillation.Records;

/// <summary>Writes one sequence of a label record. What it writes has been checked against <see cref="LabelRules"/>.</summary>
internal sealed class LabelledSequenceWriter(RecordWriter writer, LabelSpec spec)
{
    private readonly BitWriter _bits = new();
    private int[] _codes = [];

    public void Write(LabelledSequence sequence, int topic)
    {
        var coding = Coding(sequence);
        var flags = (sequence.Keyed ? LabelledSequenceFlags.Keyed : 0)
            | (sequence.Holdout ? LabelledSequenceFlags.Holdout : 0)
            | (sequence.LossMask is null ? 0 : LabelledSequenceFlags.Masked)
            | (sequence.Student is null ? 0 : LabelledSequenceFlags.OnPolicy);
        writer.Id(sequence.SequenceId);
        writer.Id(sequence.PromptId);
        writer.Byte((byte)flags);
        writer.Varint(topic);
        writer.Varint(sequence.Prompt.Log.Partition);
        writer.Varint((ulong)sequence.Prompt.Offset);
        writer.Varint(sequence.Sample);
        if (sequence.Student is { } student)
        {
            writer.Uuid(student.StudentId);
            writer.Varint((ulong)student.Version);
        }

        writer.Varint(sequence.Tokens.Length);
        writer.Varint(sequence.PromptLength);
        coding.Write(writer);

        _bits.Clear();
        WriteTokens(sequence, coding);
        WriteIds(sequence.Labels, coding);
        if (sequence.Labels is SampledLabels sampled)
        {
            WriteCounts(sampled);
        }
        else
        {
            WriteMasses((TopKLabels)sequence.Labels, coding);
        }

        WriteTargets(sequence, coding);
        writer.Raw(_bits.Finish());
        writer.Halves(sequence.Labels.Entropy);
        if (sequence.Labels is SampledLabels holdout)
        {
            writer.Halves(holdout.LogProbabilities);
        }
    }

    private LabelCoding Coding(LabelledSequence sequence)
    {
        var (labels, largest, lasts) = (sequence.Labels, 1, 0L);
        foreach (var token in sequence.Tokens)
        {
            largest = Math.Max(largest, token);
        }

        var offsets = labels.Offsets;
        var ids = labels.Ids;
        for (var i = 1; i < offsets.Length; i++)
        {
            var last = ids[offsets[i] - 1];
            largest = Math.Max(largest, last);
            lasts += last;
        }

        var extra = spec.Kind == LabelKind.Sampled ? (long)ids.Length - labels.Positions : ((long)spec.Size * labels.Positions) - ids.Length;
        return new LabelCoding(
            BitOperations.Log2((uint)largest) + 1,
            RiceCode.GapScale(lasts, labels.Positions),
            Math.Min(LabelCoding.MostRice, RiceCode.Parameter(extra, labels.Positions)),
            labels is TopKLabels top ? Quantise(top) : 0);
    }

    private void WriteTokens(LabelledSequence sequence, LabelCoding coding)
    {
        foreach (var labelled in sequence.LossMask ?? [])
        {
            _bits.Bits(labelled ? 1u : 0, 1);
        }

        for (var t = 0; t < sequence.Tokens.Length; t++)
        {
            if (!sequence.IsLabelled(t))
            {
                _bits.Bits((uint)sequence.Tokens[t], coding.IdBits);
            }
        }
    }

    private void WriteIds(SoftLabels labels, LabelCoding coding)
    {
        var offsets = labels.Offsets;
        var ids = labels.Ids;
        for (var i = 1; i < offsets.Length; i++)
        {
            var count = offsets[i] - offsets[i - 1];
            _bits.Rice((uint)(spec.Kind == LabelKind.Sampled ? count - 1 : spec.Size - count), coding.DistinctRice, LabelCoding.NumberBits);
        }

        for (var i = 1; i < offsets.Length; i++)
        {
            var row = ids[offsets[i - 1]..offsets[i]];
            var (parameter, next) = (RiceCode.GapParameter(coding.GapScale, row.Length), 0);
            foreach (var id in row)
            {
                _bits.Rice((uint)(id - next), parameter, coding.IdBits);
                next = id + 1;
            }
        }
    }

    // the last count is what is left of N
    private void WriteCounts(SampledLabels labels)
    {
        var offsets = labels.Offsets;
        var counts = labels.Counts;
        for (var i = 1; i < offsets.Length; i++)
        {
            foreach (var count in counts[offsets[i - 1]..(offsets[i] - 1)])
            {
                _bits.Gamma(count);
            }
        }
    }

    private void WriteMasses(TopKLabels labels, LabelCoding coding)
    {
        var offsets = labels.Offsets;
        for (var i = 0; i < labels.Positions; i++)
        {
            var codes = _codes.AsSpan(offsets[i]..offsets[i + 1]);
            var lowest = Largest(codes);
            _bits.Bits((uint)lowest, LabelCoding.NumberBits);
            _bits.Bits((uint)Code(labels, i, labels.LogTailMass[i]), LabelCoding.NumberBits);
            foreach (var code in codes)
            {
                _bits.Rice((uint)(lowest - code), coding.MassRice, LabelCoding.NumberBits);
            }
        }
    }

    private void WriteTargets(LabelledSequence sequence, LabelCoding coding)
    {
        var offsets = sequence.Labels.Offsets;
        var ids = sequence.Labels.Ids;
        var i = 0;
        foreach (var target in sequence.Targets)
        {
            var row = ids[offsets[i]..offsets[++i]];
            var token = sequence.Tokens[target];
            var rank = row.IndexOf(token);
            _bits.Bits((uint)(rank < 0 ? row.Length : rank), BitOperations.Log2((uint)row.Length) + 1);
            if (rank < 0)
            {
                _bits.Bits((uint)token, coding.IdBits);
            }
        }
    }

    /// <summary>Fills the codes of ln p and returns the Rice parameter that suits them.</summary>
    private int Quantise(TopKLabels labels)
    {
        var offsets = labels.Offsets;
        var logProbabilities = labels.LogProbabilities;
        var sum = 0L;
        if (_codes.Length < logProbabilities.Length)
        {
            _codes = new int[logProbabilities.Length];
        }

        for (var i = 0; i < labels.Positions; i++)
        {
            var (from, to) = (offsets[i], offsets[i + 1]);
            for (var k = from; k < to; k++)
            {
                _codes[k] = Code(labels, i, logProbabilities[k]);
                sum -= _codes[k];
            }

            sum += (long)(to - from) * Largest(_codes.AsSpan(from..to));
        }

        return Math.Min(LabelCoding.MostRice, RiceCode.Parameter(sum, logProbabilities.Length));
    }

    private static int Code(TopKLabels labels, int position, float logProbability) =>
        LogProbabilityGrid.Code(labels.LogScale.IsEmpty ? logProbability : (double)logProbability + labels.LogScale[position]);

    private static int Largest(ReadOnlySpan<int> codes)
    {
        var largest = 0;
        foreach (var code in codes)
        {
            largest = Math.Max(largest, code);
        }

        return largest;
    }
}
