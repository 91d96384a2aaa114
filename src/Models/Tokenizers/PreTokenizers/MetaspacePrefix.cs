namespace Reflux.Models.Tokenizers.PreTokenizers;

/// <summary>Where <see cref="Metaspace"/> writes a prefix.</summary>
internal enum MetaspacePrefix
{
    /// <summary>In front of the whole text.</summary>
    First,

    /// <summary>In front of every stretch between added tokens.</summary>
    Always,

    /// <summary>Nowhere.</summary>
    Never,
}
