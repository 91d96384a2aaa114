namespace Reflux.Models.Tokenizers;

/// <summary>Cuts a text into the pieces that merges never cross: GPT-2's rule, optionally after setting every digit apart.</summary>
internal sealed class PreTokenizer(bool separateDigits)
{
    public bool SeparateDigits => separateDigits;

    public void Split<TState>(ReadOnlySpan<char> text, TState state, PieceAction<TState> action)
    {
        if (!separateDigits)
        {
            SplitWords(text, state, action);
            return;
        }

        int start = 0;
        int position = 0;
        while (position < text.Length)
        {
            bool isDigit = RuneClasses.Next(text[position..], out int consumed) == RuneClass.Number;
            if (isDigit)
            {
                SplitWords(text[start..position], state, action);
                action(text.Slice(position, consumed), state);
                start = position + consumed;
            }

            position += consumed;
        }

        SplitWords(text[start..], state, action);
    }

    private static void SplitWords<TState>(ReadOnlySpan<char> text, TState state, PieceAction<TState> action)
    {
        Gpt2Splitter words = new(text);
        while (words.MoveNext())
        {
            action(words.Current, state);
        }
    }
}

internal delegate void PieceAction<in TState>(ReadOnlySpan<char> piece, TState state);
