using System.Numerics;

namespace Reflux.Distillation.Records;

/// <summary>Writes one sequence of a label record. What it writes has been checked against <see cref="LabelRules"/>.</summary>
internal sealed class LabelledSequenceWriter(RecordWriter writer, LabelSpec spec)
{
    private readonly BitWriter _bits = new();
    private readonly int[] _gaps = new int[spec.Size];
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
            var gaps = _gaps.AsSpan(0, row.Length);
            gaps[0] = row[0];
            for (var k = 1; k < row.Length; k++)
            {
                gaps[k] = row[k] - row[k - 1] - 1;
            }

            _bits.Rice(gaps, RiceCode.GapParameter(coding.GapScale, row.Length), coding.IdBits);
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
            _bits.Bits((uint)LogProbabilityGrid.Code(labels.LogTailMass[i] + Scale(labels, i)), LabelCoding.NumberBits);
            foreach (ref var code in codes)
            {
                code = lowest - code;
            }

            _bits.Rice(codes, coding.MassRice, LabelCoding.NumberBits);
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
            var row = logProbabilities[offsets[i]..offsets[i + 1]];
            var codes = _codes.AsSpan(offsets[i], row.Length);
            var (scale, largest) = (Scale(labels, i), 0);
            for (var k = 0; k < row.Length; k++)
            {
                var code = LogProbabilityGrid.Code(row[k] + scale);
                codes[k] = code;
                largest = Math.Max(largest, code);
                sum -= code;
            }

            sum += (long)row.Length * largest;
        }

        return Math.Min(LabelCoding.MostRice, RiceCode.Parameter(sum, logProbabilities.Length));
    }

    // what reading has subtracted
    private static double Scale(TopKLabels labels, int position) => labels.LogScale.IsEmpty ? 0 : labels.LogScale[position];

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
