using Reflux.Contracts.Identity;

namespace Reflux.Distillation.Records;

/// <summary>One accepted prompt, as it stands on the prompts topic.</summary>
/// <param name="LogTopic">UUID of the topic incarnation that it was written for.</param>
/// <param name="LaneId">The lane whose teacher answers it.</param>
/// <param name="PromptId">From the client's idempotency key, or random.</param>
/// <param name="Keyed">True where the client gave a key, so that a retry may repeat the id.</param>
/// <param name="Text">The user's message: valid Unicode.</param>
public sealed record PromptRecord(Guid LogTopic, Guid LaneId, Id128 PromptId, bool Keyed, string Text)
{
    private const uint Magic = 0x52465850; // "RFXP"
    private const byte Version = 1;

    /// <summary>The record's bytes.</summary>
    /// <exception cref="System.Text.EncoderFallbackException"><see cref="Text"/> holds a lone surrogate.</exception>
    public byte[] Encode()
    {
        var writer = new RecordWriter(Magic, Version, 64 + Text.Length);
        writer.Uuid(LogTopic);
        writer.Uuid(LaneId);
        writer.Id(PromptId);
        writer.Byte(Keyed ? (byte)1 : (byte)0);
        writer.Text(Text);
        return writer.Finish();
    }

    /// <summary>Reads a record's bytes.</summary>
    /// <exception cref="DecodeException">They are not a valid prompt record.</exception>
    public static PromptRecord Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new RecordReader(bytes, Magic, Version);
        var topic = reader.Uuid("log topic");
        var lane = reader.Uuid("lane id");
        var prompt = reader.Id("prompt id");
        var keyed = reader.Number("keyed flag", 0, 1) == 1;
        var text = reader.Text("text");
        reader.End();
        return text.Length > 0 ? new PromptRecord(topic, lane, prompt, keyed, text) : throw reader.Fail("text", "is empty");
    }
}
