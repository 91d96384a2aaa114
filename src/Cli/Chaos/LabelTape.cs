using System.Collections.Concurrent;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Records;
using Reflux.Streaming;

namespace Reflux.Cli.Chaos;

/// <summary>Every record of the lane's label log, as the broker served it while the run went on.</summary>
internal sealed class LabelTape
{
    private readonly ConcurrentDictionary<long, byte[]> _records = new();
    private readonly ConcurrentDictionary<Id128, bool> _prompts = new();

    /// <summary>By offset.</summary>
    public IReadOnlyDictionary<long, byte[]> Records => _records;

    /// <summary>True where a label of the prompt stands on the log.</summary>
    public bool IsLabelled(Id128 prompt) => _prompts.ContainsKey(prompt);

    /// <summary>The newest records that decode, at most <paramref name="count"/>.</summary>
    public IReadOnlyList<LabelRecord> Newest(int count) =>
        [.. _records.OrderByDescending(record => record.Key).Select(record => Decode(record.Value)).OfType<LabelRecord>().Take(count)];

    /// <summary>Follows the partition from its start until cancelled.</summary>
    public async Task FollowAsync(LogConnection connection, int partition, CancellationToken cancellation)
    {
        await using var reader = await LogReader.OpenAsync(connection, Topics.Labels, partition, from: null, cancellation);
        while (true)
        {
            var record = await reader.ReadAsync(cancellation);
            foreach (var sequence in Decode(record.Value)?.Sequences ?? [])
            {
                _prompts[sequence.PromptId] = true;
            }

            _records[record.Position.Offset] = record.Value;
        }
    }

    private static LabelRecord? Decode(byte[] value)
    {
        try
        {
            return LabelRecordCodec.Decode(value);
        }
        catch (DecodeException)
        {
            return null; // poison that the nemesis wrote
        }
    }
}
