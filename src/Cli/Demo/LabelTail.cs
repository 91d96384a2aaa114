using System.Collections.Concurrent;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Records;
using Reflux.Streaming;

namespace Reflux.Cli.Demo;

/// <summary>
/// Reads the lane's label log beside the student, from the broker, so that the demo's figures about labels, freshness and effects don't
/// rest on what the student says of itself.
/// </summary>
internal sealed class LabelTail
{
    private readonly ConcurrentDictionary<Id128, Labelled> _labelled = new();
    private readonly LabelBuffers _buffers = new();
    private long _records;
    private long _next;
    private long _bytes;
    private long _tokens;

    /// <summary>Where a prompt's first label stands in log order, and every prompt position under which it was labelled (a retry has several).</summary>
    internal sealed class Labelled(long offset, int index, Id128 sequence, bool holdout, Position prompt)
    {
        public long Offset { get; } = offset;

        public int Index { get; } = index;

        public Id128 Sequence { get; } = sequence;

        public bool Holdout { get; } = holdout;

        public HashSet<Position> Positions { get; } = [prompt];
    }

    public long Records => Interlocked.Read(ref _records);

    /// <summary>Offset behind the last record read.</summary>
    public long Next => Interlocked.Read(ref _next);

    public double BytesPerToken => _tokens == 0 ? 0 : (double)_bytes / _tokens;

    /// <summary>Every labelled prompt, those whose 202 got lost on its way included.</summary>
    public IEnumerable<Labelled> All => _labelled.Values;

    public Labelled? Find(Id128 prompt) => _labelled.GetValueOrDefault(prompt);

    /// <summary>Follows the partition from its start until cancelled.</summary>
    public async Task FollowAsync(LogConnection connection, int partition, CancellationToken cancellation)
    {
        await using var reader = await LogReader.OpenAsync(connection, Topics.Labels, partition, from: null, cancellation);
        while (!cancellation.IsCancellationRequested)
        {
            var record = await reader.ReadAsync(cancellation);
            Add(record.Position.Offset, record.Value);
        }
    }

    /// <summary>A record that is none of the teacher's.</summary>
    internal void Pass(long offset) => Interlocked.Exchange(ref _next, offset + 1);

    internal void Add(long offset, ReadOnlyMemory<byte> value)
    {
        var record = LabelRecordCodec.Decode(value, buffers: _buffers);
        for (var index = 0; index < record.Sequences.Count; index++)
        {
            var sequence = record.Sequences[index];
            _tokens += sequence.LabelledTokens;
            var known = _labelled.GetOrAdd(sequence.PromptId, _ => new Labelled(offset, index, sequence.SequenceId, sequence.Holdout, sequence.Prompt));
            lock (known)
            {
                known.Positions.Add(sequence.Prompt);
            }
        }

        _bytes += value.Length;
        Interlocked.Increment(ref _records);
        Pass(offset);
    }
}
