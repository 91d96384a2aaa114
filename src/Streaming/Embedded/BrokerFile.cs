using System.Text.Json;
using Reflux.Contracts;

namespace Reflux.Streaming.Embedded;

/// <summary>What a broker process says about itself in <c>broker.json</c>, rewritten while it works: how to reach it, which logs it holds and how far they are.</summary>
internal sealed record BrokerFile
{
    public const string Name = "broker.json";

    /// <summary>Bootstrap servers.</summary>
    public required string Address { get; init; }

    public required int ProcessId { get; init; }

    /// <summary>Names the process beyond the reuse of its number.</summary>
    public required string ProcessStart { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When <see cref="Topics"/> were last looked at.</summary>
    public required DateTimeOffset RecordedAt { get; init; }

    /// <summary>By name.</summary>
    public required IReadOnlyDictionary<string, BrokerTopic> Topics { get; init; }

    public static BrokerFile? TryRead(string directory)
    {
        try
        {
            return JsonSerializer.Deserialize<BrokerFile>(File.ReadAllBytes(Path.Combine(directory, Name)), RefluxJson.Options);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Replaces the file in one step, so that a reader sees the old one or the new one.</summary>
    public void Write(string directory)
    {
        var temporary = Path.Combine(directory, $".{Name}.{ProcessId}");
        using (var stream = File.Create(temporary))
        {
            JsonSerializer.Serialize(stream, this, RefluxJson.Indented);
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, Path.Combine(directory, Name), overwrite: true);
    }
}

/// <summary>One topic of a broker.</summary>
/// <param name="Id">Its UUID.</param>
/// <param name="Ends">The end of each partition.</param>
/// <param name="Read">For prompts: the teachers' committed offset of each partition.</param>
internal sealed record BrokerTopic(Guid Id, IReadOnlyList<long> Ends, IReadOnlyList<long>? Read = null);
