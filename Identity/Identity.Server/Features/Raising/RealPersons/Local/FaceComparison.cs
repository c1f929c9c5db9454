using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Faces;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Raising.RealPersons.Local;

/// <summary>Takes the frames of a ceremony and comes to a verdict. What can be put right is a problem; all else goes into the verdict, and the person learns only the end.</summary>
internal sealed class FaceComparison(
    IdentityContext database, PersonalData personal, FaceChecks checks, PhotoRegister photos, FaceReader reader, FaceJudge judge, IOptions<FaceSettings> settings, TimeProvider time)
{
    /// <param name="check">An open ceremony.</param>
    /// <param name="person">Of the ceremony's session.</param>
    /// <param name="nonce">What the page was given.</param>
    /// <param name="frames">At rest, then one for each action.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ProblemException">Not judged: the ceremony stays open.</exception>
    public async Task JudgeAsync(FaceCheck check, Guid person, string? nonce, IReadOnlyList<byte[]> frames, CancellationToken cancellationToken)
    {
        if (nonce != check.Nonce)
        {
            throw FaceProblems.Stale.Exception();
        }

        // Before the try is counted: whoever pressed too early has shown nothing.
        if (frames.Count != check.Actions.Split(' ').Length + 1)
        {
            throw FaceProblems.Incomplete.Exception();
        }

        if (!await checks.TryAsync(check.Id, cancellationToken))
        {
            throw FaceProblems.Stale.Exception();
        }

        var seen = new List<Face>(frames.Count);
        foreach (var frame in frames)
        {
            seen.Add(await ReadAsync(check.Id, frame, FaceProblems.Of, cancellationToken));
        }

        // By what was looked at, not by the files: a byte more would make a new file of an old picture.
        var digests = seen.Select(f => f.PictureDigest).ToList();
        if (digests.Distinct(StringComparer.Ordinal).Count() != digests.Count || await checks.AnySeenAsync(digests, cancellationToken))
        {
            throw FaceProblems.Replayed.Exception();
        }

        var (onFile, photoReceipt) = await OnFileAsync(check.Id, person, cancellationToken);
        var limits = settings.Value;
        var receipt = new FaceReceipt(
            "local", $"L-{Guid.CreateVersion7():N}", check.Id, check.Nonce, reader.Models.Version, reader.Models.Digest, photoReceipt, check.Actions, digests,
            judge.Judge(onFile, seen[0], seen[1..]), limits.LeastLikeness, limits.LeastContinuity, limits.LeastReal, limits.LeastLive, time.GetUtcNow());
        if (!await checks.JudgeAsync(check.Id, digests, JsonSerializer.Serialize(receipt, JsonSerializerOptions.Web), cancellationToken))
        {
            throw FaceProblems.Stale.Exception();
        }
    }

    /// <summary>That no engine was free is not the person's fault: it costs no try. That one failed may be: a picture can be made for it.</summary>
    private async Task<Face> ReadAsync(Guid check, byte[] picture, Func<FaceFault, Problem> refusal, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadAsync(picture, cancellationToken);
        }
        catch (FaceException e)
        {
            if (e.Fault == FaceFault.Busy)
            {
                await checks.GiveBackAsync(check, cancellationToken);
            }

            throw refusal(e.Fault).Exception();
        }
    }

    private async Task<(Face Face, string Receipt)> OnFileAsync(Guid check, Guid id, CancellationToken cancellationToken)
    {
        var person = await database.Persons.AsNoTracking().FirstAsync(p => p.Id == id, cancellationToken);
        var found = await AskAsync(check, personal.Unprotect(Purposes.IdNumber, person.IdNumberCipher), person.Name, cancellationToken);
        var face = await ReadAsync(
            check, found.Photo, fault => fault is FaceFault.Busy or FaceFault.Failed ? FaceProblems.Of(fault) : FaceProblems.NoPhoto, cancellationToken);
        return (face, found.Receipt);
    }

    /// <summary>That the register cannot be asked is not the person's fault: it costs no try.</summary>
    private async Task<(byte[] Photo, string Receipt)> AskAsync(Guid check, string idNumber, string name, CancellationToken cancellationToken)
    {
        try
        {
            return await photos.FindAsync(idNumber, name, cancellationToken) ?? throw FaceProblems.NoPhoto.Exception();
        }
        catch (ProblemException e) when (e.Problem == PopulationRegister.Unavailable)
        {
            await checks.GiveBackAsync(check, cancellationToken);
            throw;
        }
    }
}
