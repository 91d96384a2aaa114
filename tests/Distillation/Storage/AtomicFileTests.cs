using Reflux.Distillation.Storage;
using Reflux.Tests.Support;

namespace Reflux.Distillation.Tests.Storage;

public sealed class AtomicFileTests
{
    [Fact]
    public async Task A_file_is_replaced_whole_and_nothing_is_left_beside_it()
    {
        using var directory = new TemporaryDirectory();
        var path = directory.File("a/b/state.json");

        await AtomicFile.WriteAsync(path, "first"u8.ToArray(), CancellationToken.None);
        await AtomicFile.WriteAsync(path, "second"u8.ToArray(), CancellationToken.None);

        Assert.Equal("second", await File.ReadAllTextAsync(path));
        Assert.Equal([path], Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public async Task A_write_that_is_given_up_leaves_the_old_file()
    {
        using var directory = new TemporaryDirectory();
        var path = directory.File("state.json");
        await AtomicFile.WriteAsync(path, "first"u8.ToArray(), CancellationToken.None);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => AtomicFile.WriteAsync(path, "second"u8.ToArray(), new CancellationToken(canceled: true)));

        Assert.Equal("first", await File.ReadAllTextAsync(path));
        Assert.Equal([path], Directory.GetFiles(directory.Path));
    }

    [Fact]
    public async Task A_directory_appears_under_its_name_only_when_published()
    {
        using var directory = new TemporaryDirectory();
        var path = directory.File("7/12");
        var temporary = AtomicFile.TemporaryPath(path);
        AtomicFile.CreateDirectory(temporary);
        await File.WriteAllTextAsync(Path.Combine(temporary, "x"), "y");
        Assert.False(Directory.Exists(path));

        AtomicFile.PublishDirectory(temporary, path);

        Assert.Equal("y", await File.ReadAllTextAsync(Path.Combine(path, "x")));
        Assert.False(Directory.Exists(temporary));
    }

    [Fact]
    public void A_directory_that_can_not_be_opened_is_an_error_with_its_name()
    {
        using var directory = new TemporaryDirectory();

        var error = Assert.Throws<IOException>(() => DirectorySync.Flush(directory.File("absent")));

        Assert.Contains("absent", error.Message);
    }
}
