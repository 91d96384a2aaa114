using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reflux.Contracts.Identity;

/// <summary>A 128-bit name: the first 16 bytes of a SHA-256 over length-prefixed parts. Printed as 32 lower-case hex digits.</summary>
[JsonConverter(typeof(Id128JsonConverter))]
public readonly record struct Id128(UInt128 Value) : IComparable<Id128>
{
    /// <summary>Bytes of an id on the wire.</summary>
    public const int Size = 16;

    /// <summary>Hashes <paramref name="parts"/>; each is length-prefixed, so that ("ab","c") and ("a","bc") differ.</summary>
    public static Id128 Hash(params ReadOnlySpan<byte[]> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[4];
        foreach (var part in parts)
        {
            BinaryPrimitives.WriteInt32LittleEndian(length, part.Length);
            hash.AppendData(length);
            hash.AppendData(part);
        }

        Span<byte> digest = stackalloc byte[32];
        hash.GetHashAndReset(digest);
        return Read(digest);
    }

    /// <summary>A fresh random id.</summary>
    public static Id128 Random()
    {
        Span<byte> bytes = stackalloc byte[Size];
        RandomNumberGenerator.Fill(bytes);
        return Read(bytes);
    }

    /// <summary>Reads an id from its first <see cref="Size"/> bytes, big-endian.</summary>
    public static Id128 Read(ReadOnlySpan<byte> source) => new(BinaryPrimitives.ReadUInt128BigEndian(source));

    /// <summary>Writes the id, big-endian, into the first <see cref="Size"/> bytes.</summary>
    public void Write(Span<byte> destination) => BinaryPrimitives.WriteUInt128BigEndian(destination, Value);

    /// <summary>The id's bytes, big-endian.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[Size];
        Write(bytes);
        return bytes;
    }

    /// <summary>Parses 32 hex digits.</summary>
    public static bool TryParse(string? text, out Id128 id)
    {
        id = default;
        if (text is null || text.Length != 32 || !UInt128.TryParse(text, System.Globalization.NumberStyles.AllowHexSpecifier, null, out var value))
        {
            return false;
        }

        id = new Id128(value);
        return true;
    }

    /// <inheritdoc />
    public int CompareTo(Id128 other) => Value.CompareTo(other.Value);

    /// <inheritdoc />
    public override string ToString() => Value.ToString("x32", null);
}

/// <summary>Id128 as its 32 hex digits in JSON.</summary>
public sealed class Id128JsonConverter : JsonConverter<Id128>
{
    /// <inheritdoc />
    public override Id128 Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Id128.TryParse(reader.GetString(), out var id) ? id : throw new JsonException("an id is 32 hex digits");

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, Id128 value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
