using System.Buffers.Binary;
using System.Numerics;

namespace Reflux.Distillation.Records;

/// <summary>
/// Reads the packed part of one sequence: one stream of bits after the other, then fp16 numbers. Nothing is allocated for more tokens, positions
/// or ids than the rest of the record has bits for.
/// </summary>
internal ref struct LabelledSequenceBody(
    ReadOnlySpan<byte> rest, int sequence, int length, int promptLength, LabelSpec spec, LabelCoding coding, int vocabulary, Span<long> bitsByPart)
{
    private readonly ReadOnlySpan<byte> _rest = rest;
    private readonly Span<long> _bitsByPart = bitsByPart;
    private BitReader _bits = new(rest);
    private long _counted;
    private bool[]? _mask;
    private int[] _tokens = [];
    private int _positions = length - promptLength;

    /// <summary>Bytes read.</summary>
    public readonly int Length => (int)(_bits.Position / 8);

    // the number of its ids, an id, the answer's token and an entropy; top-k labels have two codes of ln p more
    private readonly int LeastPositionBits => 1 + 1 + 1 + 16 + (spec.Kind == LabelKind.TopK ? 2 * LabelCoding.NumberBits : 0);

    public bool[] ReadLossMask()
    {
        if (_positions > _bits.Remaining)
        {
            throw CutOff("loss mask");
        }

        _mask = new bool[_positions];
        foreach (ref var labelled in _mask.AsSpan())
        {
            labelled = _bits.Bits(1) == 1;
        }

        End("loss mask", RecordPart.LossMask);
        _positions = _mask.AsSpan().Count(true);
        return _positions > 0 ? _mask : throw Fail("loss mask", "labels no token");
    }

    public int[] ReadUnlabelledTokens()
    {
        if (((length - _positions) * (long)coding.IdBits) + (_positions * (long)LeastPositionBits) > _bits.Remaining)
        {
            throw Fail("tokens", $"are {length}, more than the rest of the record can hold");
        }

        _tokens = new int[length];
        for (var t = 0; t < length; t++)
        {
            if (!IsLabelled(t))
            {
                _tokens[t] = Token(_bits.Bits(coding.IdBits), t);
            }
        }

        End("tokens", RecordPart.PromptTokens);
        return _tokens;
    }

    public SoftLabels ReadLabels(LabelBuffers? buffers, bool holdout)
    {
        var offsets = LabelBuffers.Take(buffers?.Integers, _positions + 1);
        ReadDistinct(offsets.Span);
        var total = offsets.Span[^1];
        var ids = LabelBuffers.Take(buffers?.Integers, total);
        ReadIds(offsets.Span, ids.Span);
        if (spec.Kind == LabelKind.TopK)
        {
            var (masses, tails, scales) = (
                LabelBuffers.Take(buffers?.Singles, total), LabelBuffers.Take(buffers?.Singles, _positions), LabelBuffers.Take(buffers?.Singles, _positions));
            ReadMasses(offsets.Span, masses.Span, tails.Span, scales.Span);
            ReadTargets(offsets.Span, ids.Span);
            return new TopKLabels(offsets, ids, masses, tails, ReadEntropy(buffers), scales, buffers);
        }

        var counts = LabelBuffers.Take(buffers?.Counts, total);
        ReadCounts(offsets.Span, counts.Span);
        ReadTargets(offsets.Span, ids.Span);
        var entropy = ReadEntropy(buffers);
        ReadOnlyMemory<Half>? logProbabilities = null;
        if (holdout)
        {
            logProbabilities = ReadLogProbabilities(offsets.Span, buffers);
        }

        return new SampledLabels(offsets, ids, counts, entropy, logProbabilities, buffers);
    }

    private void ReadDistinct(Span<int> offsets)
    {
        var bits = _bits;
        var size = (uint)spec.Size;
        var total = 0L;
        var most = Math.Min(bits.Remaining, Array.MaxLength);
        offsets[0] = 0;
        for (var i = 0; i < offsets.Length - 1; i++)
        {
            var code = bits.Rice(coding.DistinctRice, LabelCoding.NumberBits);
            var ids = spec.Kind == LabelKind.Sampled ? code + 1 : size - code;
            total += ids;
            if (ids - 1 >= size || total > most)
            {
                throw Fail($"labels[{i}].distinct ids", $"are none, more than {size}, or more than the rest of the record can hold");
            }

            offsets[i + 1] = (int)total;
        }

        _bits = bits;
        End("distinct ids", RecordPart.DistinctIds);
        if (total > _bits.Remaining)
        {
            throw CutOff("ids");
        }
    }

    private void ReadIds(ReadOnlySpan<int> offsets, Span<int> ids)
    {
        var bits = _bits;
        for (var i = 0; i < offsets.Length - 1; i++)
        {
            var row = ids[offsets[i]..offsets[i + 1]];
            bits.Rice(RiceCode.GapParameter(coding.GapScale, row.Length), coding.IdBits, row);
            ulong next = 0;
            foreach (ref var id in row)
            {
                next += (uint)id;
                id = (int)next++;
            }

            // ids ascend, so the last is the largest
            if (next > (uint)vocabulary)
            {
                throw Fail($"labels[{i}].ids", $"reach {next - 1}, outside the vocabulary of {vocabulary}", DeadLetterReason.InvalidLabels);
            }
        }

        _bits = bits;
        End("ids", RecordPart.Ids);
    }

    private void ReadCounts(ReadOnlySpan<int> offsets, Span<ushort> counts)
    {
        var bits = _bits;
        for (var i = 0; i < offsets.Length - 1; i++)
        {
            var row = counts[offsets[i]..offsets[i + 1]];
            var drawn = bits.Gamma(row[..^1]);
            if (drawn is not { } sum || sum >= spec.Size)
            {
                throw Fail($"labels[{i}].counts", $"do not add up to {spec.Size} draws", DeadLetterReason.InvalidLabels);
            }

            row[^1] = (ushort)(spec.Size - sum);
        }

        _bits = bits;
        End("counts", RecordPart.Counts);
    }

    private void ReadMasses(ReadOnlySpan<int> offsets, Span<float> logProbabilities, Span<float> logTailMass, Span<float> logScale)
    {
        var bits = _bits;
        for (var i = 0; i < offsets.Length - 1; i++)
        {
            var row = logProbabilities[offsets[i]..offsets[i + 1]];
            if (TopKMasses.Read(ref bits, coding.MassRice, row, out logTailMass[i], out logScale[i]) is { } problem)
            {
                throw Fail($"labels[{i}].ln p", problem, DeadLetterReason.InvalidLabels);
            }
        }

        _bits = bits;
        End("ln p", RecordPart.LogProbabilities);
    }

    private void ReadTargets(ReadOnlySpan<int> offsets, ReadOnlySpan<int> ids)
    {
        var bits = _bits;
        var i = 0;
        for (var t = promptLength; t < length; t++)
        {
            if (!IsLabelled(t))
            {
                continue;
            }

            var count = offsets[i + 1] - offsets[i];
            var rank = (int)bits.Bits(BitOperations.Log2((uint)count) + 1);
            if (rank > count)
            {
                throw Fail($"labels[{i}].token", $"is id {rank} of {count}");
            }

            _tokens[t] = rank < count ? ids[offsets[i] + rank] : Token(bits.Bits(coding.IdBits), t);
            i++;
        }

        _bits = bits;
        End("answer tokens", RecordPart.AnswerTokens);
        if (!_bits.Align())
        {
            throw Fail("padding", "is not zero");
        }

        End("padding", RecordPart.Sequences);
    }

    private Memory<Half> ReadEntropy(LabelBuffers? buffers)
    {
        var entropy = ReadHalves(_positions, "entropy", buffers);
        var values = entropy.Span;
        for (var i = 0; i < values.Length; i++)
        {
            if (!LabelRules.IsEntropy(values[i]))
            {
                throw Fail($"labels[{i}].entropy", LabelRules.EntropyProblem, DeadLetterReason.InvalidLabels);
            }
        }

        End("entropy", RecordPart.Entropy);
        return entropy;
    }

    private Memory<Half> ReadLogProbabilities(ReadOnlySpan<int> offsets, LabelBuffers? buffers)
    {
        var logProbabilities = ReadHalves(offsets[^1], "ln p", buffers);
        for (var i = 0; i < offsets.Length - 1; i++)
        {
            if (LabelRules.FirstInLogProbabilities(logProbabilities.Span[offsets[i]..offsets[i + 1]], i) is { } broken)
            {
                throw Fail(broken.Field, broken.Problem, broken.Reason);
            }
        }

        End("ln p", RecordPart.LogProbabilities);
        return logProbabilities;
    }

    private Memory<Half> ReadHalves(int count, string field, LabelBuffers? buffers)
    {
        if (count * 16L > _bits.Remaining)
        {
            throw CutOff(field);
        }

        var halves = LabelBuffers.Take(buffers?.Halves, count);
        var values = halves.Span;
        var source = _rest.Slice(Length, 2 * count);
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = BinaryPrimitives.ReadHalfLittleEndian(source[(2 * i)..]);
        }

        _bits.Skip(16L * count);
        return halves;
    }

    private readonly bool IsLabelled(int t) => t >= promptLength && (_mask is null || _mask[t - promptLength]);

    private readonly int Token(ulong id, int t) => id < (uint)vocabulary
        ? (int)id
        : throw Fail($"tokens[{t}]", LabelRules.OutsideVocabulary((long)id, vocabulary), DeadLetterReason.InvalidLabels);

    private void End(string field, RecordPart part)
    {
        if (_bits.Remaining < 0)
        {
            throw CutOff(field);
        }

        _bitsByPart[(int)part] += _bits.Position - _counted;
        _counted = _bits.Position;
    }

    private readonly DecodeException CutOff(string field) => Fail(field, "is cut off by the end of the record");

    private readonly DecodeException Fail(string field, string problem, DeadLetterReason reason = DeadLetterReason.Malformed) =>
        new(reason, $"sequences[{sequence}].{field}", problem);
}
