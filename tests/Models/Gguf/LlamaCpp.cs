using System.Runtime.InteropServices;
using System.Text;

namespace Reflux.Models.Tests.Gguf;

/// <summary>A GGUF file in llama.cpp: one thread, one sequence, keys and values in float32.</summary>
internal sealed class LlamaCpp : IDisposable
{
    private const int Float32 = 0;
    private const int Float16 = 1;

    // where llama_context_params of the pinned version has them
    private const int ContextLength = 0;
    private const int BatchLength = 4;
    private const int FlashAttention = 0x34;
    private const int KeyType = 0x68;
    private const int ValueType = 0x6c;

    private readonly nint _model;
    private readonly nint _context;
    private readonly nint _vocabulary;

    public LlamaCpp(string file, int contextLength)
    {
        _model = LlamaCppLibrary.LoadModel(file, LlamaCppLibrary.ModelParameters());
        Assert.True(_model != 0, LlamaCppLibrary.Errors);
        _vocabulary = LlamaCppLibrary.VocabularyOf(_model);
        var parameters = LlamaCppLibrary.ContextParameters();
        Assert.Equal((-1, Float16, Float16), (parameters.Get<int>(FlashAttention), parameters.Get<int>(KeyType), parameters.Get<int>(ValueType)));
        parameters.Set(ContextLength, contextLength);
        parameters.Set(BatchLength, contextLength);
        parameters.Set(FlashAttention, 0);
        parameters.Set(KeyType, Float32);
        parameters.Set(ValueType, Float32);
        _context = LlamaCppLibrary.CreateContext(_model, parameters);
        Assert.True(_context != 0, LlamaCppLibrary.Errors);
        LlamaCppLibrary.SetThreads(_context, 1, 1);
    }

    public int VocabularySize => LlamaCppLibrary.CountTokens(_vocabulary);

    public bool IsEnd(int token) => LlamaCppLibrary.IsEnd(_vocabulary, token) != 0;

    public int[] Tokenize(string text, bool addSpecial = false)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        int[] tokens = new int[bytes.Length + 8];
        int count = LlamaCppLibrary.Tokenize(_vocabulary, bytes, bytes.Length, tokens, tokens.Length, addSpecial ? (byte)1 : (byte)0, parseSpecial: 0);
        Assert.InRange(count, 0, tokens.Length);
        return tokens[..count];
    }

    /// <summary>The most probable tokens one after another, each decoded alone behind the cache of those before.</summary>
    public int[] Greedy(int[] prompt, int steps)
    {
        LlamaCppLibrary.ClearMemory(LlamaCppLibrary.MemoryOf(_context), 1);
        List<int> answer = [];
        for (int[] next = prompt; answer.Count < steps; next = [answer[^1]])
        {
            Decode(next, everyLogit: false);
            answer.Add(Best(-1));
        }

        return [.. answer];
    }

    /// <summary>The most probable token behind each token of a text.</summary>
    public int[] BestAfterEach(int[] tokens)
    {
        LlamaCppLibrary.ClearMemory(LlamaCppLibrary.MemoryOf(_context), 1);
        Decode(tokens, everyLogit: true);
        return [.. Enumerable.Range(0, tokens.Length).Select(Best)];
    }

    public void Dispose()
    {
        LlamaCppLibrary.FreeContext(_context);
        LlamaCppLibrary.FreeModel(_model);
    }

    private void Decode(int[] tokens, bool everyLogit)
    {
        GCHandle pinned = GCHandle.Alloc(tokens, GCHandleType.Pinned);
        GCHandle wanted = GCHandle.Alloc(Enumerable.Repeat((byte)1, tokens.Length).ToArray(), GCHandleType.Pinned);
        LlamaCppLibrary.Batch batch = new()
        {
            Count = tokens.Length,
            Tokens = pinned.AddrOfPinnedObject(),
            WantsLogits = everyLogit ? wanted.AddrOfPinnedObject() : 0,
        };
        Assert.Equal(0, LlamaCppLibrary.Decode(_context, batch));
        pinned.Free();
        wanted.Free();
    }

    private int Best(int index)
    {
        float[] logits = new float[VocabularySize];
        Marshal.Copy(LlamaCppLibrary.LogitsAt(_context, index), logits, 0, logits.Length);
        return Array.IndexOf(logits, logits.Max());
    }
}
