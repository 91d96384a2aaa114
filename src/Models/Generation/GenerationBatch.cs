using Reflux.Models.Decoders;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Models.Generation;

/// <summary>
/// The rows of one batch while they are written. Every row keeps its own length: prompts run end to end, and the token at position p of a row goes to column
/// p of the cache. The last row takes the place of one that is finished, so that the batch holds unfinished rows only.
/// </summary>
internal sealed class GenerationBatch : IDisposable
{
    // prompts beyond it go through the layers in several forwards
    private const int MostPromptTokens = 8192;

    private readonly CausalDecoder _decoder;
    private readonly KeyValueCache _cache;
    private readonly List<GenerationRow> _rows;
    private bool _started;

    /// <param name="decoder">Only read.</param>
    /// <param name="prompts">Of at least one token, and shorter than the context.</param>
    /// <param name="maxTokens">The longest answer; the context length also ends one.</param>
    public GenerationBatch(CausalDecoder decoder, IReadOnlyList<int[]> prompts, int maxTokens)
    {
        _decoder = decoder;
        Rows = [.. prompts.Select((prompt, index) => new GenerationRow(index, prompt, Math.Min(maxTokens, decoder.Config.MaxPositions - prompt.Length)))];
        _rows = [.. Rows.OrderBy(row => row.Prompt.Length)];
        _cache = new KeyValueCache(decoder.Config, _rows.Count, _rows.Max(row => row.Prompt.Length + row.Limit), decoder.Device, decoder.HeadWeight.dtype);
    }

    /// <summary>All rows, in the order of the prompts.</summary>
    public IReadOnlyList<GenerationRow> Rows { get; }

    /// <summary>The rows that are not finished, in the order of the logits.</summary>
    public IReadOnlyList<GenerationRow> Live => _rows;

    /// <summary>float32 [R,V] of the unfinished rows.</summary>
    public Tensor NextLogits()
    {
        Tensor hidden = _started ? NextHidden() : PromptHidden();
        _started = true;
        return _decoder.Logits(hidden).to(ScalarType.Float32);
    }

    /// <summary>Takes the token of each unfinished row and lets go of the rows that it finishes.</summary>
    /// <param name="tokens">[R]</param>
    /// <param name="ends">Whether this token ends that row.</param>
    public void Append(ReadOnlySpan<long> tokens, Func<GenerationRow, int, bool> ends)
    {
        for (int place = 0; place < tokens.Length; place++)
        {
            GenerationRow row = _rows[place];
            int token = checked((int)tokens[place]);
            row.Answer.Add(token);
            row.Finished = ends(row, token) || row.Answer.Count == row.Limit;
        }

        for (int place = _rows.Count - 1; place >= 0; place--)
        {
            if (_rows[place].Finished)
            {
                Remove(place);
            }
        }
    }

    /// <inheritdoc />
    public void Dispose() => _cache.Dispose();

    private Tensor PromptHidden()
    {
        List<Tensor> hidden = [];
        for (int first = 0; first < _rows.Count;)
        {
            int count = 1;
            for (int tokens = _rows[first].Prompt.Length; first + count < _rows.Count; count++)
            {
                tokens += _rows[first + count].Prompt.Length;
                if (tokens > MostPromptTokens)
                {
                    break;
                }
            }

            FlatSequences prompts = new([.. _rows.Skip(first).Take(count).Select(row => row.Prompt)], first);
            hidden.Add(_decoder.HiddenOf(prompts, _cache).index_select(0, tensor(prompts.LastTokens, device: _decoder.Device)));
            first += count;
        }

        return hidden.Count == 1 ? hidden[0] : cat(hidden);
    }

    private Tensor NextHidden()
    {
        // one transfer for both
        long[] inputs = [.. _rows.Select(row => (long)row.Answer[^1]), .. _rows.Select(row => (long)row.Position)];
        Tensor both = tensor(inputs, [2, _rows.Count], device: _decoder.Device);
        return _decoder.HiddenOfNext(both.select(0, 0), both.select(0, 1), _cache, _rows.Min(row => row.Position), _rows.Max(row => row.Position));
    }

    private void Remove(int place)
    {
        int last = _rows.Count - 1;
        if (place < last)
        {
            // the row's newest token is not in the cache yet
            _cache.Move(last, place, _rows[last].Position);
            _rows[place] = _rows[last];
        }

        _rows.RemoveAt(last);
    }
}
