using Reflux.Distillation.Storage;
using Reflux.Tests.Support;

namespace Reflux.Distillation.Tests.Storage;

public sealed class JsonLinesTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string Path => _directory.File("lines.jsonl");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Appended_documents_come_back_in_order()
    {
        await AppendAsync("one", "two");
        await AppendAsync("three");

        Assert.Equal(["one", "two", "three"], await ReadAsync());
    }

    [Fact]
    public async Task No_file_has_no_lines() => Assert.Empty(await ReadAsync());

    [Theory]
    [InlineData("\"cut")]
    [InlineData("{")]
    [InlineData("\"whole but without its line feed\"")]
    public async Task What_a_crash_left_behind_the_last_line_is_neither_read_nor_kept(string torn)
    {
        await AppendAsync("one");
        await File.AppendAllTextAsync(Path, torn);
        Assert.Equal(["one"], await ReadAsync());

        await AppendAsync("two");

        Assert.Equal(["one", "two"], await ReadAsync());
    }

    [Fact]
    public async Task A_torn_first_line_longer_than_a_block_leaves_an_empty_file()
    {
        await File.WriteAllTextAsync(Path, new string('x', 10_000));

        await AppendAsync("one");

        Assert.Equal(["one"], await ReadAsync());
    }

    [Fact]
    public async Task A_damaged_line_is_named()
    {
        await AppendAsync("one");
        await File.AppendAllTextAsync(Path, "{}\n");

        var damage = await Assert.ThrowsAsync<InvalidDataException>(ReadAsync);

        Assert.Contains("line 2", damage.Message, StringComparison.Ordinal);
    }

    private Task AppendAsync(params string[] documents) => JsonLines.AppendAsync(Path, documents, CancellationToken.None);

    private Task<IReadOnlyList<string>> ReadAsync() => JsonLines.ReadAsync<string>(Path, CancellationToken.None);
}
