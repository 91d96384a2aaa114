using System.Text;
using Reflux.Contracts.Http;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Records;

namespace Reflux.Distillation.Training;

/// <summary>
/// Remembers which sequences took effect, so that each does so once: for redelivery a bitmap over the offsets of each prompt partition (one
/// for each sample index), and for retries of clients the newest ids of sequences whose prompt carried a key. Its answers depend only
/// on the sequences shown before, so the same log gives the same fates after any restart.
/// </summary>
internal class DedupeWindow
{
    /// <summary>How many keyed sequence ids are remembered.</summary>
    public const int KeyedCapacity = 1 << 17;

    private readonly SortedDictionary<(Guid Topic, int Partition, int Sample), PartitionBitmap> _bitmaps = [];
    private readonly Queue<Id128> _keyedInOrder = new();
    private readonly HashSet<Id128> _keyed = [];

    /// <summary>Decides a sequence's fate and remembers it. The first in log order wins.</summary>
    public virtual SequenceFate Admit(LabelledSequence sequence)
    {
        var bitmap = BitmapOf(sequence.Prompt.Log, sequence.Sample);
        var offset = sequence.Prompt.Offset;
        if (bitmap.IsStale(offset))
        {
            return SequenceFate.Stale;
        }

        var seen = bitmap.Contains(offset);
        if (!seen)
        {
            // marked for a retried prompt too: its redelivery must stay a duplicate when its key has been forgotten
            bitmap.Add(offset);
        }

        if (sequence.Keyed)
        {
            seen |= !RememberKey(sequence.SequenceId);
        }

        return seen ? SequenceFate.Duplicate : sequence.Holdout ? SequenceFate.Holdout : SequenceFate.Training;
    }

    /// <summary>The bitmaps of first answers, less those of <paramref name="pending"/>, whose effect is still to come.</summary>
    public IReadOnlyList<PartitionAccounting> Account(IEnumerable<Position> pending)
    {
        var waiting = pending.ToLookup(position => position.Log, position => position.Offset);
        var partitions = new List<PartitionAccounting>();
        foreach (var ((topic, partition, sample), bitmap) in _bitmaps)
        {
            if (sample != 0)
            {
                continue;
            }

            var log = new LogId(topic, partition);
            var bits = bitmap.ToBytes();
            foreach (var offset in waiting[log])
            {
                var index = offset - bitmap.FirstOffset;
                if (index >= 0)
                {
                    bits[index / 8] &= (byte)~(1 << (int)(index % 8));
                }
            }

            partitions.Add(new PartitionAccounting(log, bitmap.FirstOffset, Convert.ToBase64String(bits)));
        }

        return partitions;
    }

    /// <summary>Everything that is remembered, as bytes.</summary>
    public byte[] ToBytes()
    {
        using var memory = new MemoryStream();
        using var writer = new BinaryWriter(memory, Encoding.UTF8);
        writer.Write(_bitmaps.Count);
        foreach (var ((topic, partition, sample), bitmap) in _bitmaps)
        {
            var bits = bitmap.ToBytes();
            writer.Write(topic.ToByteArray(bigEndian: true));
            writer.Write(partition);
            writer.Write(sample);
            writer.Write(bitmap.FirstOffset);
            writer.Write(bits.Length);
            writer.Write(bits);
        }

        writer.Write(_keyedInOrder.Count);
        foreach (var id in _keyedInOrder)
        {
            writer.Write(id.ToBytes());
        }

        writer.Flush();
        return memory.ToArray();
    }

    /// <summary>The opposite of <see cref="ToBytes"/>.</summary>
    /// <exception cref="IOException">The bytes are cut or impossible.</exception>
    public static DedupeWindow FromBytes(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes, writable: false), Encoding.UTF8);
        var window = new DedupeWindow();
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            var topic = new Guid(reader.ReadBytes(16), bigEndian: true);
            var key = (topic, reader.ReadInt32(), reader.ReadInt32());
            var first = reader.ReadInt64();
            window._bitmaps.Add(key, PartitionBitmap.FromBytes(first, reader.ReadBytes(reader.ReadInt32())));
        }

        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            window.RememberKey(Id128.Read(reader.ReadBytes(Id128.Size)));
        }

        return window;
    }

    private PartitionBitmap BitmapOf(LogId log, int sample)
    {
        var key = (log.Topic, log.Partition, sample);
        if (!_bitmaps.TryGetValue(key, out var bitmap))
        {
            _bitmaps.Add(key, bitmap = new PartitionBitmap());
        }

        return bitmap;
    }

    private bool RememberKey(Id128 sequence)
    {
        if (!_keyed.Add(sequence))
        {
            return false;
        }

        _keyedInOrder.Enqueue(sequence);
        if (_keyedInOrder.Count > KeyedCapacity)
        {
            _keyed.Remove(_keyedInOrder.Dequeue());
        }

        return true;
    }
}
