namespace Reflux.Cli.Tests;

[Collection("console")]
public sealed class ApplicationTests
{
    [Theory]
    [InlineData("demo --kill-silo-at 140%", "--kill-silo-at: '140%' is not a share between 0% and 100%")]
    [InlineData("demo --seconds 1", "--seconds: between 10 and 3600")]
    [InlineData("chaos --seconds 10", "--seconds: between 60 and 3600")]
    [InlineData("student create small", "name exactly one of --spec, --base and --tokenizer-from")]
    [InlineData("student create small --tokenizer-from x", "--lane is required without --spec")]
    [InlineData("lane list --server nonsense", "--server: 'nonsense' is not an http:// or https:// address")]
    [InlineData("sample prompts --count 0", "--count: between 1 and 1000000")]
    [InlineData("silo --port 1 --urls http://127.0.0.1:2", "name either --port or --urls")]
    [InlineData("frobnicate", "frobnicate")]
    [InlineData("generate --prompt x", "--model")]
    [InlineData("model score x", "name either --text or --file")]
    [InlineData("model export x --format hf --type q8_0 --to y", "q8_0 is a type of --format gguf")]
    [InlineData("model export x --format peft --to y", "--base: it is required with --format peft")]
    [InlineData("model export x --format zip --to y", "zip")]
    [InlineData("model init --size huge --tokenizer x --to y", "huge")]
    public async Task A_wrong_command_line_says_what_is_wrong_and_exits_2(string line, string expected)
    {
        var (code, _, errors) = await CommandLine.RunAsync(line.Split(' '));

        Assert.Equal(ExitCodes.Usage, code);
        Assert.Contains(expected, errors, StringComparison.Ordinal);
        Assert.Contains("--help", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_an_explained_failure()
    {
        var (code, _, errors) = await CommandLine.RunAsync(["lane", "list", "--server", "http://127.0.0.1:1"]);

        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains("what to do: start one with `reflux silo`", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_that_is_no_model_is_an_explained_failure()
    {
        var (code, _, errors) = await CommandLine.RunAsync(["generate", "--model", Path.GetTempPath(), "--prompt", "hello"]);

        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains("model-invalid", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("demo")]
    [InlineData("chaos")]
    [InlineData("silo")]
    [InlineData("broker")]
    [InlineData("lane")]
    [InlineData("teacher")]
    [InlineData("student")]
    [InlineData("prompts")]
    [InlineData("sample")]
    [InlineData("snapshot")]
    [InlineData("archive")]
    [InlineData("deadletters")]
    [InlineData("student fork")]
    [InlineData("student verify")]
    [InlineData("student replay")]
    [InlineData("generate")]
    [InlineData("model")]
    [InlineData("model inspect")]
    [InlineData("model generate")]
    [InlineData("model score")]
    [InlineData("model export")]
    [InlineData("model init")]
    [InlineData("bench")]
    [InlineData("bench models")]
    [InlineData("train-teacher")]
    public async Task Every_verb_has_help_with_examples(string verb)
    {
        var (code, output, _) = await CommandLine.RunAsync([.. verb.Split(' '), "--help"]);

        Assert.Equal(ExitCodes.Done, code);
        Assert.Contains($"reflux {verb}", output, StringComparison.Ordinal);
        Assert.Contains("Examples:", output, StringComparison.Ordinal);
    }
}
