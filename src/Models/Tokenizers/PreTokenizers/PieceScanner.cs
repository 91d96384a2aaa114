namespace Reflux.Models.Tokenizers.PreTokenizers;

/// <summary>Says how long the first piece of a text that isn't empty is, in UTF-16 units.</summary>
internal delegate int PieceScanner(ReadOnlySpan<char> text);
