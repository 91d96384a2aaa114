using Reflux.Contracts.Errors;
using Reflux.Silo.Storage;
using Reflux.Tests.Support;

namespace Reflux.Silo.Tests.Storage;

public sealed class DataDirectoryLockTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_held_directory_is_refused_until_it_is_given_back()
    {
        var path = _directory.File("new/data");
        using (var held = DataDirectoryLock.Acquire(path))
        {
            Assert.Equal(path, held.Directory);
            var error = Assert.Throws<RefluxException>(() => DataDirectoryLock.Acquire(path));
            Assert.Equal(ErrorCodes.DataDirectoryInUse, error.Code);
            Assert.Contains(path, error.Message);
            Assert.Contains("Silo:Data", error.Remedy);
        }

        DataDirectoryLock.Acquire(path).Dispose();
    }

    [Fact]
    public void A_lock_file_that_a_dead_silo_left_is_no_obstacle()
    {
        File.WriteAllText(_directory.File(DataDirectoryLock.FileName), "4711");
        DataDirectoryLock.Acquire(_directory.Path).Dispose();
    }

    [Fact]
    public void A_directory_that_can_not_be_written_is_refused()
    {
        File.WriteAllText(_directory.File("file"), "");
        var path = _directory.File("file/data");
        var error = Assert.Throws<RefluxException>(() => DataDirectoryLock.Acquire(path));
        Assert.Equal(ErrorCodes.DataDirectoryReadOnly, error.Code);
        Assert.Contains(path, error.Message);
    }

    /// <summary>/proc is read-only for root as well.</summary>
    [Fact]
    public void A_read_only_file_system_is_refused()
    {
        var error = Assert.Throws<RefluxException>(() => DataDirectoryLock.Acquire("/proc/self"));
        Assert.Equal(ErrorCodes.DataDirectoryReadOnly, error.Code);
    }
}
