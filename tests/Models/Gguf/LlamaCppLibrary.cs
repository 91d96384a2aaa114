using System.Runtime.InteropServices;
using Reflux.Tests.Support;

namespace Reflux.Models.Tests.Gguf;

/// <summary>The C interface of llama.cpp's library, as the pinned npm package carries it. Source: its header llama.h.</summary>
internal static class LlamaCppLibrary
{
    private const string Llama = "llama";
    private const string Ggml = "ggml";
    private const string GgmlBase = "ggml-base";

    private static readonly string Directory = Path.Combine(TestTools.Directory, "node_modules", "@node-llama-cpp", "linux-x64", "bins", "linux-x64");

    private const int Error = 4;

    // kept, since the library calls it
    private static readonly LogCallback KeepErrors = static (level, text, _) => Errors += level == Error ? Marshal.PtrToStringUTF8(text) : "";

    static LlamaCppLibrary()
    {
        NativeLibrary.SetDllImportResolver(typeof(LlamaCppLibrary).Assembly, static (name, _, _) => name switch
        {
            Llama or Ggml => NativeLibrary.Load(System.IO.Directory.GetFiles(Directory, $"lib{name}.v*.so").Single()),
            GgmlBase => NativeLibrary.Load(Path.Combine(Directory, "libggml-base.so")),
            _ => 0,
        });
        SetLog(KeepErrors, 0);
        LoadBackends(Directory);
    }

    /// <summary>What it has complained about so far.</summary>
    public static string Errors { get; private set; } = "";

    private delegate void LogCallback(int level, nint text, nint data);

    /// <summary>Any parameter struct: larger than the library's own, which is a prefix of it.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 512)]
    public struct Parameters
    {
        private long _first;

        public T Get<T>(int offset) where T : unmanaged => MemoryMarshal.Read<T>(Bytes(ref this)[offset..]);

        public void Set<T>(int offset, T value) where T : unmanaged => MemoryMarshal.Write(Bytes(ref this)[offset..], value);

        private static Span<byte> Bytes(ref Parameters parameters) => MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref parameters, 1));
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Batch
    {
        public int Count;
        public nint Tokens;
        public nint Embeddings;
        public nint Positions;
        public nint SequenceCounts;
        public nint Sequences;
        public nint WantsLogits;
    }

    [DllImport(Llama, EntryPoint = "llama_model_default_params")]
    public static extern Parameters ModelParameters();

    [DllImport(Llama, EntryPoint = "llama_context_default_params")]
    public static extern Parameters ContextParameters();

    [DllImport(Llama, EntryPoint = "llama_model_load_from_file")]
    public static extern nint LoadModel([MarshalAs(UnmanagedType.LPUTF8Str)] string path, Parameters parameters);

    [DllImport(Llama, EntryPoint = "llama_model_free")]
    public static extern void FreeModel(nint model);

    [DllImport(Llama, EntryPoint = "llama_init_from_model")]
    public static extern nint CreateContext(nint model, Parameters parameters);

    [DllImport(Llama, EntryPoint = "llama_free")]
    public static extern void FreeContext(nint context);

    [DllImport(Llama, EntryPoint = "llama_set_n_threads")]
    public static extern void SetThreads(nint context, int threads, int batchThreads);

    [DllImport(Llama, EntryPoint = "llama_get_memory")]
    public static extern nint MemoryOf(nint context);

    [DllImport(Llama, EntryPoint = "llama_memory_clear")]
    public static extern void ClearMemory(nint memory, byte data);

    [DllImport(Llama, EntryPoint = "llama_decode")]
    public static extern int Decode(nint context, Batch batch);

    [DllImport(Llama, EntryPoint = "llama_get_logits_ith")]
    public static extern nint LogitsAt(nint context, int index);

    [DllImport(Llama, EntryPoint = "llama_model_get_vocab")]
    public static extern nint VocabularyOf(nint model);

    [DllImport(Llama, EntryPoint = "llama_vocab_n_tokens")]
    public static extern int CountTokens(nint vocabulary);

    [DllImport(Llama, EntryPoint = "llama_vocab_is_eog")]
    public static extern byte IsEnd(nint vocabulary, int token);

    [DllImport(Llama, EntryPoint = "llama_tokenize")]
    public static extern int Tokenize(nint vocabulary, byte[] text, int length, int[] tokens, int capacity, byte addSpecial, byte parseSpecial);

    /// <summary>ggml's own reference of q8_0.</summary>
    [DllImport(GgmlBase, EntryPoint = "quantize_row_q8_0_ref")]
    public static extern void QuantizeQ8(float[] values, byte[] blocks, long count);

    [DllImport(Llama, EntryPoint = "llama_log_set")]
    private static extern void SetLog(LogCallback callback, nint data);

    [DllImport(Ggml, EntryPoint = "ggml_backend_load_all_from_path")]
    private static extern void LoadBackends([MarshalAs(UnmanagedType.LPUTF8Str)] string directory);
}
