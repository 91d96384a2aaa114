using System.Text.Json;
using Reflux.Models;
using Reflux.Tests.Support;
using TorchSharp;

namespace Reflux.Cli.Tests;

[Collection("console")]
public sealed class ModelVerbTests : IDisposable
{
    private static readonly string Teacher = RepositoryRoot.File("samples", "helpdesk", "teacher");

    private readonly TemporaryDirectory _directory = new();

    [Fact]
    public async Task Inspect_shows_shape_tensors_and_memory()
    {
        var result = await JsonAsync("model", "inspect", Teacher, "--json");
        var config = ModelConfig.Load(Teacher);

        Assert.Equal("llama", result.GetProperty("family").GetString());
        var parameters = result.GetProperty("parameters").GetInt64();
        Assert.Equal(result.GetProperty("tensors").EnumerateArray().Sum(tensor => tensor.GetProperty("shape").EnumerateArray().Aggregate(1L, (product, length) => product * length.GetInt64())), parameters);
        Assert.Equal(16 * parameters, result.GetProperty("memory").GetProperty("trainingBytes").GetInt64());
        Assert.Equal(2 * 4 * config.Layers * config.KeyValueHeads * config.HeadDim, result.GetProperty("memory").GetProperty("cacheBytesPerToken").GetInt64());

        var (_, text, _) = await CommandLine.RunAsync("model", "inspect", Teacher);
        Assert.Contains("model.embed_tokens.weight", text, StringComparison.Ordinal);
        Assert.Contains($"{config.Heads} heads of width {config.HeadDim}", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Generate_streams_what_json_reports()
    {
        string[] arguments = ["model", "generate", Teacher, "--prompt", "My invoice shows the wrong amount", "--chat", "--max-tokens", "24"];
        var json = await JsonAsync([.. arguments, "--json"]);
        var (_, streamed, _) = await CommandLine.RunAsync(arguments);
        var (_, old, _) = await CommandLine.RunAsync("generate", "--model", Teacher, "--prompt", "My invoice shows the wrong amount", "--max-tokens", "24");

        Assert.Equal(json.GetProperty("text").GetString(), streamed.TrimEnd('\n'));
        Assert.Equal(streamed, old);
        Assert.InRange(json.GetProperty("tokens").GetArrayLength(), 1, 24);
    }

    [Fact]
    public async Task Draws_follow_the_seed_and_a_stop_text_is_left_out()
    {
        string[] arguments = ["model", "generate", Teacher, "--prompt", "order", "--max-tokens", "40", "--temperature", "2", "--json"];
        string?[] texts = [await TextAsync("--seed", "1"), await TextAsync("--seed", "1"), await TextAsync("--seed", "2")];

        Assert.Equal(texts[0], texts[1]);
        Assert.NotEqual(texts[0], texts[2]);
        var stop = texts[0]![5..8];
        Assert.Equal(texts[0]![..texts[0]!.IndexOf(stop, StringComparison.Ordinal)], await TextAsync("--seed", "1", "--stop", stop));

        async Task<string?> TextAsync(params string[] more) => (await JsonAsync([.. arguments, .. more])).GetProperty("text").GetString();
    }

    [Fact]
    public async Task Score_is_the_sum_over_all_tokens_but_the_first()
    {
        const string Text = "My invoice shows the wrong amount";
        await File.WriteAllTextAsync(_directory.File("text.txt"), Text);
        var result = await JsonAsync("model", "score", Teacher, "--text", Text, "--json");

        var tokens = result.GetProperty("tokens").EnumerateArray().ToList();
        Assert.Equal(Text, string.Concat(tokens.Select(token => token.GetProperty("text").GetString())));
        Assert.Equal(tokens.Count - 1, result.GetProperty("scored").GetInt32());
        Assert.Equal(result.GetProperty("sum").GetDouble(), tokens.Skip(1).Sum(token => token.GetProperty("logProbability").GetDouble()), 1e-9);
        Assert.True(result.GetProperty("sum").GetDouble() < 0);
        Assert.Equal(result.GetRawText(), (await JsonAsync("model", "score", Teacher, "--file", _directory.File("text.txt"), "--json")).GetRawText());
    }

    [Fact]
    public async Task A_fresh_student_can_be_trained_exported_and_asked()
    {
        var student = _directory.File("student");
        await JsonAsync("model", "init", "--size", "nano", "--tokenizer", Teacher, "--family", "qwen3", "--context", "128", "--to", student, "--json");
        var config = ModelConfig.Load(student);
        Assert.Equal((ModelFamily.Qwen3, 128, true), (config.Family, config.MaxPositions, config.TieWordEmbeddings));

        var copy = await JsonAsync("model", "export", student, "--format", "hf", "--type", "bf16", "--to", _directory.File("copy"), "--json");
        Assert.Equal("bf16", copy.GetProperty("type").GetString());
        Assert.All(ModelInspection.Of(_directory.File("copy")).Tensors, tensor => Assert.Equal("BF16", tensor.Dtype));

        var file = await JsonAsync("model", "export", student, "--format", "gguf", "--type", "q8_0", "--to", _directory.File("student.gguf"), "--json");
        Assert.Equal(file.GetProperty("bytes").GetInt64(), new FileInfo(_directory.File("student.gguf")).Length);
        Assert.Equal(0, file.GetProperty("keptF16").GetArrayLength());
        Assert.NotEqual(0, (await JsonAsync("model", "generate", _directory.File("copy"), "--prompt", "hello", "--max-tokens", "3", "--json")).GetProperty("tokens").GetArrayLength());
        Assert.Equal(["copy", "student", "student.gguf"], Directory.EnumerateFileSystemEntries(_directory.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task Rows_that_q8_0_can_not_hold_are_listed()
    {
        var (_, output, _) = await CommandLine.RunAsync("model", "export", Teacher, "--format", "gguf", "--type", "q8_0", "--to", _directory.File("teacher.gguf"));

        Assert.Contains("blk.0.ffn_down.weight", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_students_of_one_seed_are_equal()
    {
        string[] arguments = ["model", "init", "--size", "nano", "--tokenizer", Teacher, "--seed", "5", "--to"];
        await CommandLine.RunAsync([.. arguments, _directory.File("a")]);
        await CommandLine.RunAsync([.. arguments, _directory.File("b")]);

        Assert.Equal(ModelDirectory.ComputeRevision(_directory.File("a")), ModelDirectory.ComputeRevision(_directory.File("b")));
    }

    [Fact]
    public async Task What_is_there_is_left_as_it_is()
    {
        await File.WriteAllTextAsync(_directory.File("mine"), "mine");
        Directory.CreateDirectory(_directory.File("full"));
        await File.WriteAllTextAsync(_directory.File("full/file"), "mine");

        foreach (var (format, to) in ((string, string)[])[("gguf", "mine"), ("gguf", "full"), ("hf", "mine"), ("hf", "full"), ("gguf", "mine/below"), ("hf", "mine/below")])
        {
            await FailsAsync("export-path-unusable", "model", "export", Teacher, "--format", format, "--to", _directory.File(to));
        }

        await FailsAsync("export-path-unusable", "model", "export", Teacher, "--format", "gguf", "--to", "");
        await FailsAsync("export-path-unusable", "model", "init", "--size", "nano", "--tokenizer", Teacher, "--to", _directory.File("full"));
        Assert.Equal("mine", await File.ReadAllTextAsync(_directory.File("mine")));
        Assert.Equal([_directory.File("full"), _directory.File("full/file"), _directory.File("mine")], Directory.EnumerateFileSystemEntries(_directory.Path, "*", SearchOption.AllDirectories).Order());
    }

    [Fact]
    public async Task An_export_that_fails_leaves_nothing_behind()
    {
        Directory.CreateDirectory(_directory.File("none"));

        await FailsAsync("model-invalid", "model", "export", _directory.File("none"), "--format", "hf", "--to", _directory.File("out"));
        await FailsAsync("model-invalid", "model", "export", _directory.File("none"), "--format", "gguf", "--to", _directory.File("out"));
        Assert.Equal([_directory.File("none")], Directory.EnumerateFileSystemEntries(_directory.Path));
    }

    [Fact]
    public async Task Numbers_beyond_float16_are_refused_by_both_forms()
    {
        using (var model = LanguageModel.Load(Teacher, torch.CPU))
        {
            model.Decoder.Parameters["model.layers.1.mlp.up_proj.weight"].fill_(1e6);
            ModelDirectory.Write(_directory.File("loud"), model.Decoder, torch.ScalarType.BFloat16, model.Tokenizer, model.Template);
        }

        foreach (var format in (string[])["hf", "gguf"])
        {
            await FailsAsync("model-unsupported", "model", "export", _directory.File("loud"), "--format", format, "--type", "f16", "--to", _directory.File("out"));
        }

        Assert.Equal([_directory.File("loud")], Directory.EnumerateFileSystemEntries(_directory.Path));
    }

    [Fact]
    public async Task Bad_models_and_prompts_are_explained_failures()
    {
        var pickle = _directory.File("pickle");
        Directory.CreateDirectory(pickle);
        File.Copy(Path.Combine(Teacher, "config.json"), Path.Combine(pickle, "config.json"));
        await File.WriteAllTextAsync(Path.Combine(pickle, "pytorch_model.bin"), "not loaded");

        await FailsAsync("model-invalid", "model", "inspect", _directory.File("nowhere"));
        await FailsAsync("model-invalid", "model", "export", Teacher, "--format", "peft", "--base", "hub/base", "--to", _directory.File("adapter"));
        await FailsAsync("model-unsupported", "model", "inspect", pickle);
        await FailsAsync("prompt-too-long", "model", "generate", Teacher, "--prompt", string.Concat(Enumerable.Repeat("order ", 600)));
        await FailsAsync("prompt-too-long", "model", "score", Teacher, "--text", string.Concat(Enumerable.Repeat("order ", 600)));
        await FailsAsync("option-out-of-range", "model", "generate", Teacher, "--prompt", "x", "--top-p", "2");
        await FailsAsync("invalid-request", "model", "score", Teacher, "--text", "");
    }

    [Fact]
    public async Task A_number_is_no_family()
    {
        var (exit, _, errors) = await CommandLine.RunAsync("model", "init", "--size", "nano", "--tokenizer", Teacher, "--family", "7", "--to", _directory.File("student"));

        Assert.Equal(ExitCodes.Usage, exit);
        Assert.Contains("--family: one of Llama, Mistral", errors, StringComparison.Ordinal);
    }

    public void Dispose() => _directory.Dispose();

    private static async Task FailsAsync(string code, params string[] arguments)
    {
        var (exit, _, errors) = await CommandLine.RunAsync(arguments);
        Assert.Equal(ExitCodes.Failed, exit);
        Assert.Contains($"error code: {code}", errors, StringComparison.Ordinal);
        Assert.Contains("what to do: ", errors, StringComparison.Ordinal);
    }

    private static async Task<JsonElement> JsonAsync(params string[] arguments)
    {
        var (exit, output, errors) = await CommandLine.RunAsync(arguments);
        Assert.True(exit == ExitCodes.Done, errors);
        return JsonDocument.Parse(output).RootElement;
    }
}
