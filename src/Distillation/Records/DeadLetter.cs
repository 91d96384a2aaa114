using System.Buffers.Binary;
using Reflux.Contracts.Identity;

namespace Reflux.Distillation.Records;

/// <summary>What could not be used: where it stood, why, and its bytes as they were. Access, retention and deletion are those of prompts.</summary>
/// <param name="Reason">Why, from an enum.</param>
/// <param name="Source">The record that it was, or that it was part of.</param>
/// <param name="Original">The record's bytes; for a single sequence a label record with that sequence alone. Empty where they fit no letter: then <paramref name="Source"/> is where they are.</param>
public sealed record DeadLetter(DeadLetterReason Reason, Position Source, byte[] Original)
{
    private const uint Magic = 0x52465844; // "RFXD"
    private const byte Version = 1;

    /// <summary>UUID of the incarnation of the dead letters topic that it is written for; set by its writer.</summary>
    public Guid LogTopic { get; init; }

    /// <summary>The record's bytes.</summary>
    public byte[] Encode()
    {
        var writer = new RecordWriter(Magic, Version, 64 + Original.Length);
        writer.Uuid(LogTopic);
        writer.Byte((byte)Reason);
        writer.Uuid(Source.Log.Topic);
        writer.Varint(Source.Log.Partition);
        writer.Varint(checked((ulong)Source.Offset));
        writer.Bytes(Original);
        return writer.Finish();
    }

    /// <summary>True where bytes begin as a dead letter does.</summary>
    public static bool IsDeadLetter(ReadOnlySpan<byte> bytes) => bytes.Length >= sizeof(uint) && BinaryPrimitives.ReadUInt32BigEndian(bytes) == Magic;

    /// <summary>Reads a record's bytes.</summary>
    /// <exception cref="DecodeException">They are not a valid dead letter.</exception>
    public static DeadLetter Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new RecordReader(bytes, Magic, Version);
        var topic = reader.Uuid("log topic");
        var reason = (DeadLetterReason)reader.Byte("reason");
        if (!Enum.IsDefined(reason))
        {
            throw reader.Fail("reason", $"is {(byte)reason}, which names none");
        }

        var sourceTopic = reader.Uuid("source topic");
        var partition = (int)reader.Number("source partition", 0, int.MaxValue);
        var offset = reader.Number("source offset", 0, long.MaxValue);
        var original = reader.Bytes("original").ToArray();
        reader.End();
        return new DeadLetter(reason, new Position(new LogId(sourceTopic, partition), offset), original) { LogTopic = topic };
    }
}
