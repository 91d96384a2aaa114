using System.Buffers.Binary;
using Reflux.Distillation.Records;

namespace Reflux.Distillation.Tests.Records;

/// <summary>Damages records the way that only a faulty writer could: the checksum is right again afterwards, so the fields themselves are checked.</summary>
internal static class RecordBytes
{
    public static byte[] Seal(byte[] record)
    {
        if (record.Length >= RecordWriter.ChecksumSize)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(record.Length - 4), RecordWriter.Checksum(record.AsSpan(0, record.Length - 4)));
        }

        return record;
    }

    /// <summary>Replaces bytes counted from the end of the fields, 1 being the last before the checksum.</summary>
    public static byte[] Patch(byte[] record, int fromEnd, params byte[] bytes)
    {
        var patched = record.ToArray();
        bytes.CopyTo(patched, patched.Length - RecordWriter.ChecksumSize - fromEnd);
        return Seal(patched);
    }
}
