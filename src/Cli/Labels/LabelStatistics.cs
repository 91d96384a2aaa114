using Reflux.Distillation.Records;

namespace Reflux.Cli.Labels;

/// <summary>What label records are made of. Adds records up.</summary>
internal sealed class LabelStatistics
{
    /// <summary>Lower bounds of the histogram's bins, nats.</summary>
    private static readonly double[] EntropyBounds = [0, 0.01, 0.1, 0.5, 1, 2, 4, 8];

    private readonly SortedDictionary<RecordPart, long> _bits = [];
    private readonly long[] _entropy = new long[EntropyBounds.Length];
    private long _records;
    private long _invalid;
    private long _sequences;
    private long _positions;
    private long _ids;
    private long _bytes;
    private double _unseen;

    /// <summary>Adds a record that does not decode.</summary>
    public void AddInvalid() => _invalid++;

    /// <exception cref="DecodeException">It is no valid label record; nothing of it is added.</exception>
    public void Add(byte[] bytes)
    {
        var (record, bits) = LabelRecordCodec.Measure(bytes);
        _records++;
        _bytes += bytes.Length;
        foreach (var (part, spent) in bits)
        {
            _bits[part] = _bits.GetValueOrDefault(part) + spent;
        }

        foreach (var labels in record.Sequences.Select(sequence => sequence.Labels))
        {
            _sequences++;
            _positions += labels.Positions;
            _ids += labels.Ids.Length;
            _unseen += Unseen(labels, record.Labels.Size);
            foreach (var entropy in labels.Entropy)
            {
                _entropy[Array.FindLastIndex(EntropyBounds, bound => (double)entropy >= bound)]++;
            }
        }
    }

    public LabelStatisticsReport Report() => new(
        _records,
        _invalid,
        _sequences,
        _positions,
        _bytes,
        _bytes / (double)_positions,
        _bits.ToDictionary(part => part.Key, part => part.Value / 8.0),
        _ids / (double)_positions,
        _unseen / _positions,
        [.. EntropyBounds.Select((bound, i) => new EntropyBin(bound, _entropy[i]))]);

    // top-k labels say what the tail holds; of draws, the share of ids drawn once estimates the mass of those never drawn (Good and Turing)
    private static double Unseen(SoftLabels labels, int size)
    {
        var sum = 0.0;
        if (labels is TopKLabels top)
        {
            foreach (var tail in top.LogTailMass)
            {
                sum += Math.Exp(tail);
            }

            return sum;
        }

        return ((SampledLabels)labels).Counts.Count((ushort)1) / (double)size;
    }
}

/// <param name="Records">How many there are.</param>
/// <param name="Invalid">Beside them, records that do not decode.</param>
/// <param name="Sequences">In them.</param>
/// <param name="Positions">Labelled positions in these.</param>
/// <param name="Bytes">Of the records.</param>
/// <param name="BytesPerPosition">Bytes over labelled positions, prompts and envelopes included.</param>
/// <param name="BytesByPart">What they are spent on; they add up to <paramref name="Bytes"/>.</param>
/// <param name="UniqueIds">Mean ids a position.</param>
/// <param name="TailMass">Mean mass of the ids that are not there: exact in top-k labels, Good and Turing's estimate in sampled ones.</param>
/// <param name="Entropy">Positions by H(p).</param>
internal sealed record LabelStatisticsReport(
    long Records,
    long Invalid,
    long Sequences,
    long Positions,
    long Bytes,
    double BytesPerPosition,
    IReadOnlyDictionary<RecordPart, double> BytesByPart,
    double UniqueIds,
    double TailMass,
    IReadOnlyList<EntropyBin> Entropy);

/// <param name="From">Least entropy of the bin, nats.</param>
/// <param name="Positions">How many lie in it.</param>
internal sealed record EntropyBin(double From, long Positions);
