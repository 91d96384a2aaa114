using Reflux.Distillation.Storage;

namespace Reflux.Silo.Storage;

/// <summary>Mutual exclusion over a directory, among the threads of this process and among processes (flock on its <c>.lock</c>).</summary>
internal sealed class DirectoryMutex(string directory, TimeProvider time)
{
    private static readonly TimeSpan RetryEvery = TimeSpan.FromMilliseconds(5);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _threads = new(1, 1);

    /// <summary>Waits for the directory and takes it until the result is disposed.</summary>
    /// <exception cref="IOException">Another process has held it for ten seconds.</exception>
    public async Task<IDisposable> EnterAsync()
    {
        await _threads.WaitAsync();
        try
        {
            return new Holder(await OpenAsync(), _threads);
        }
        catch
        {
            _threads.Release();
            throw;
        }
    }

    private async Task<FileStream> OpenAsync()
    {
        AtomicFile.CreateDirectory(directory);
        var path = Path.Combine(directory, ".lock");
        var began = time.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            }
            catch (IOException) when (File.Exists(path) && time.GetElapsedTime(began) < Patience)
            {
                // .NET has no waiting flock, and another holder is a rare event of a few milliseconds
                await Task.Delay(RetryEvery, time);
            }
        }
    }

    private sealed class Holder(FileStream file, SemaphoreSlim threads) : IDisposable
    {
        public void Dispose()
        {
            file.Dispose();
            threads.Release();
        }
    }
}
