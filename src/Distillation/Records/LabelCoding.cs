namespace Reflux.Distillation.Records;

/// <summary>How the numbers of one sequence are packed. The writer chooses what is short; any value within the bounds can be read.</summary>
/// <param name="IdBits">Bits of a token id where it is written in full, 1 to 31.</param>
/// <param name="GapScale">g of <see cref="RiceCode.GapParameter"/>, at least 1.</param>
/// <param name="DistinctRice">r of the numbers of ids, 0 to 15.</param>
/// <param name="MassRice">r of the codes of ln p among top-k labels, 0 to 15; 0 among others.</param>
internal readonly record struct LabelCoding(int IdBits, int GapScale, int DistinctRice, int MassRice)
{
    public const int MostRice = 15;

    /// <summary>Of numbers of ids and of codes of ln p, where they are written in full.</summary>
    public const int NumberBits = 16;

    public void Write(RecordWriter writer)
    {
        writer.Byte((byte)IdBits);
        writer.Varint(GapScale);
        writer.Byte((byte)(DistinctRice | (MassRice << 4)));
    }

    public static LabelCoding Read(ref RecordReader reader, LabelKind kind)
    {
        var idBits = (int)reader.Number("id bits", 1, 31);
        var scale = (int)reader.Number("gap scale", 1, int.MaxValue);
        var rice = reader.Byte("rice parameters");
        return kind == LabelKind.TopK || rice <= MostRice
            ? new LabelCoding(idBits, scale, rice & MostRice, rice >> 4)
            : throw reader.Fail("rice parameters", "name one for ln p, of which there is none");
    }
}
