using System.Text.Json;

namespace Reflux.Models.Tokenizers.PreTokenizers;

/// <summary>Cuts a text into the pieces that merges never cross. Each scanner cuts what the one before it left whole.</summary>
/// <param name="json">Its own form in <c>tokenizer.json</c>, for writing it again.</param>
/// <param name="isByteLevel">Whether merges see the bytes of a piece; otherwise its characters.</param>
/// <param name="metaspace">How spaces are written, or null.</param>
/// <param name="scanners">The cuts, in order.</param>
internal sealed class PreTokenizer(JsonElement json, bool isByteLevel, Metaspace? metaspace, IReadOnlyList<PieceScanner> scanners)
{
    private readonly PieceScanner[] _scanners = [.. scanners];

    public JsonElement Json => json;

    public bool IsByteLevel => isByteLevel;

    public Metaspace? Metaspace => metaspace;

    public IReadOnlyList<PieceScanner> Scanners => _scanners;

    /// <summary>The same with one more cut at the end.</summary>
    public PreTokenizer With(PieceScanner scanner) => new(json, isByteLevel, metaspace, [.. _scanners, scanner]);

    /// <summary>A stretch between added tokens as it is to be cut.</summary>
    public string Prepare(string text, bool isStart) => metaspace?.Apply(text, isStart) ?? text;

    public void Split<TState>(ReadOnlySpan<char> text, TState state, PieceAction<TState> action) => Split(text, 0, state, action);

    private void Split<TState>(ReadOnlySpan<char> text, int level, TState state, PieceAction<TState> action)
    {
        if (level == _scanners.Length)
        {
            action(text, state);
            return;
        }

        while (!text.IsEmpty)
        {
            int length = _scanners[level](text);
            Split(text[..length], level + 1, state, action);
            text = text[length..];
        }
    }
}

internal delegate void PieceAction<in TState>(ReadOnlySpan<char> piece, TState state);
