using Reflux.Contracts.Identity;
using Reflux.Distillation.Records;
using Reflux.Distillation.Teaching;
using Reflux.Streaming;

namespace Reflux.Silo.Teaching;

/// <summary>Gathers labelled sequences into records of at most 64 KiB for one lane's partition, and acknowledges their prompts once the broker has a record.</summary>
internal sealed class LabelRecordBuffer(ITeacherEngine engine, ILogConnection connection, ILogWriter writer, int partition, TimeProvider time)
{
    /// <summary>Room for the sequences of a record; its own fields take less than the rest of 64 KiB.</summary>
    internal const int Capacity = 63 * 1024;

    private readonly List<LabelledSequence> _sequences = [];
    private int _bytes;
    private long _since;

    public bool IsEmpty => _sequences.Count == 0;

    /// <summary>How long the oldest sequence has waited; zero where there is none.</summary>
    public TimeSpan Age => IsEmpty ? TimeSpan.Zero : time.GetElapsedTime(_since);

    /// <summary>True where a record has room for it.</summary>
    public bool Fits(LabelledSequence sequence) => LabelRecordCodec.EncodedSize(sequence, engine.Labels) <= Capacity;

    /// <summary>Adds sequences that each fit; sends a record whenever the next one would not fit.</summary>
    public async Task AddAsync(IReadOnlyList<LabelledSequence> sequences, Action<Position> acknowledge, CancellationToken cancellation)
    {
        foreach (var sequence in sequences)
        {
            var size = LabelRecordCodec.EncodedSize(sequence, engine.Labels);
            if (_bytes + size > Capacity && !IsEmpty)
            {
                await FlushAsync(acknowledge, cancellation);
            }

            if (IsEmpty)
            {
                _since = time.GetTimestamp();
            }

            _sequences.Add(sequence);
            _bytes += size;
        }
    }

    /// <summary>Sends what is there as one record; waits where the log's readers are too far behind.</summary>
    public async Task FlushAsync(Action<Position> acknowledge, CancellationToken cancellation)
    {
        if (IsEmpty)
        {
            return;
        }

        var log = await connection.LogIdAsync(Topics.Labels, partition, cancellation);
        await writer.AppendAsync(Topics.Labels, partition, LabelRecordCodec.Encode(engine.CreateRecord(log.Topic, [.. _sequences])), cancellation);
        _sequences.ForEach(sequence => acknowledge(sequence.Prompt));
        _sequences.Clear();
        _bytes = 0;
    }
}
