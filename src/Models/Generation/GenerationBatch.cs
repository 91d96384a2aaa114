using Reflux.Models.Decoders;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Models.Generation;

/// <summary>
/// The rows of one batch while they are written. Prompts are padded on the left, so that all rows fill the same cache column next; the mask
/// hides the padding. Finished rows are dropped from the logits at once and from the cache when they are a quarter of it.
/// </summary>
internal sealed class GenerationBatch : IDisposable
{
    private readonly CausalDecoder _decoder;
    private readonly KeyValueCache _cache;
    private readonly HashSet<int> _stops;
    private readonly Row[] _all;
    private readonly int _promptWidth;
    private Row[] _rows;
    private int[] _live;
    private Tensor _mask;
    private bool _started;

    public GenerationBatch(CausalDecoder decoder, IReadOnlyList<int[]> prompts, int maxTokens, IReadOnlyList<int> stops)
    {
        _decoder = decoder;
        _stops = [.. stops];
        _promptWidth = prompts.Max(prompt => prompt.Length);
        _all = [.. prompts.Select((prompt, index) => new Row(index, prompt, Math.Min(maxTokens, decoder.Config.MaxPositions - prompt.Length)))];
        _rows = _all;
        _live = [.. Enumerable.Range(0, _rows.Length)];
        int capacity = _promptWidth + _rows.Max(row => row.Limit);
        _cache = new KeyValueCache(decoder.Config, _rows.Length, capacity, decoder.Device, decoder.HeadWeight.dtype);
        _mask = CreateColumnMask(capacity);
    }

    public bool HasLiveRows => _live.Length > 0;

    public ReadOnlySpan<int> LivePrompts => _live.Select(row => _rows[row].Prompt).ToArray();

    public IReadOnlyList<int[]> Answers => [.. _all.Select(row => row.Answer.ToArray())];

    /// <summary>float32 [R,V] of the live rows.</summary>
    public Tensor NextLogits()
    {
        Tensor hidden = _started ? NextHidden() : PromptHidden();
        _started = true;
        if (_live.Length < _rows.Length)
        {
            hidden = hidden.index_select(0, Rows(_live));
        }

        return _decoder.Logits(hidden).to(ScalarType.Float32);
    }

    /// <summary>Takes the token of each live row and retires the rows that it finishes.</summary>
    public void Append(long[] tokens)
    {
        for (int i = 0; i < _live.Length; i++)
        {
            Row row = _rows[_live[i]];
            int token = checked((int)tokens[i]);
            row.Answer.Add(token);
            row.Finished = _stops.Contains(token) || row.Answer.Count == row.Limit;
        }

        _live = [.. _live.Where(row => !_rows[row].Finished)];
        if (_live.Length > 0 && _live.Length * 4 <= _rows.Length * 3)
        {
            Compact();
        }
    }

    public void Dispose()
    {
        _cache.Dispose();
        _mask.Dispose();
    }

    private Tensor PromptHidden()
    {
        long[] ids = new long[_rows.Length * _promptWidth];
        long[] positions = new long[ids.Length];
        for (int row = 0; row < _rows.Length; row++)
        {
            int[] prompt = _rows[row].Tokens;
            int start = (row * _promptWidth) + _promptWidth - prompt.Length;
            for (int i = 0; i < prompt.Length; i++)
            {
                (ids[start + i], positions[start + i]) = (prompt[i], i);
            }
        }

        Tensor causal = ones(_promptWidth, _promptWidth, ScalarType.Bool, _decoder.Device).tril();
        Tensor mask = _mask.narrow(3, 0, _promptWidth).logical_and(causal);
        return _decoder.HiddenCached(Matrix(ids, _promptWidth), Matrix(positions, _promptWidth), _cache, mask).select(1, _promptWidth - 1);
    }

    private Tensor NextHidden()
    {
        // a finished row that is still in the batch repeats its last token at its last position; nobody looks
        long[] ids = [.. _rows.Select(row => (long)row.Answer[^1])];
        long[] positions = [.. _rows.Select(row => (long)(row.Tokens.Length + row.Answer.Count - 1)).Select(position => Math.Min(position, _decoder.Config.MaxPositions - 1))];
        Tensor mask = _mask.narrow(3, 0, _cache.Length + 1);
        return _decoder.HiddenCached(Matrix(ids, 1), Matrix(positions, 1), _cache, mask).select(1, 0);
    }

    private void Compact()
    {
        Tensor kept = Rows(_live);
        _cache.Keep(kept);
        Tensor mask = _mask.index_select(0, kept).DetachFromDisposeScope();
        _mask.Dispose();
        _mask = mask;
        _rows = [.. _live.Select(row => _rows[row])];
        _live = [.. Enumerable.Range(0, _rows.Length)];
    }

    private Tensor CreateColumnMask(int capacity)
    {
        bool[] visible = new bool[_rows.Length * capacity];
        for (int row = 0; row < _rows.Length; row++)
        {
            visible.AsSpan((row * capacity)..((row + 1) * capacity))[(_promptWidth - _rows[row].Tokens.Length)..].Fill(true);
        }

        return tensor(visible, [_rows.Length, 1, 1, capacity], device: _decoder.Device).DetachFromDisposeScope();
    }

    private Tensor Rows(int[] rows) => tensor(rows.Select(row => (long)row).ToArray(), device: _decoder.Device);

    private Tensor Matrix(long[] values, int columns) => tensor(values, [values.Length / columns, columns], device: _decoder.Device);

    private sealed class Row(int prompt, int[] tokens, int limit)
    {
        public int Prompt { get; } = prompt;

        public int[] Tokens { get; } = tokens;

        public int Limit { get; } = limit;

        public List<int> Answer { get; } = [];

        public bool Finished { get; set; }
    }
}
