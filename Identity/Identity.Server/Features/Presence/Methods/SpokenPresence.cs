using System.Security.Cryptography;
using Yinxin.Identity.Server.Features.Raising.Ways;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Presence.Methods;

/// <summary>
/// Random digits read aloud, at the authority that has voiceprint and photo on file: by voice alone, for whom a camera sees badly or not at all, or before a camera while they are read. The
/// comparison is always the authority's: there is no model for voices in this program.
/// </summary>
internal abstract class SpokenPresence(AuthoritySpokenCheck authority) : IPresenceMethod
{
    private const int DigitCount = 8;

    public abstract string Name { get; }

    public string Source => AuthoritySpokenCheck.Self.Issuer;

    public string EvidenceMethod => $"{Name}-and-{DigitCount}-digits";

    public abstract IReadOnlyList<string> Compared { get; }

    public double LeastScore => AuthoritySpokenCheck.LeastScore;

    public bool IsOpen => authority.IsOpen;

    public abstract Words Title { get; }

    public abstract Words Data { get; }

    public abstract Words Processing { get; }

    public abstract Problem Refused { get; }

    /// <summary>Of a hundred million orders one: a recording of it cannot be at hand.</summary>
    public IReadOnlyList<string> Draw() => [.. RandomNumberGenerator.GetString("0123456789", DigitCount).Select(digit => digit.ToString())];

    public Task<(string Reference, string Address)> OpenAsync(Guid session, string idNumber, string name, IReadOnlyList<string> challenge, string returnTo, CancellationToken cancellationToken) =>
        authority.OpenAsync(Name, idNumber, name, challenge, returnTo, cancellationToken);

    public Task<PresenceSeen> ResultAsync(string reference, CancellationToken cancellationToken) => authority.ResultAsync(Name, reference, cancellationToken);
}

/// <summary>By voiceprint (声纹).</summary>
internal sealed class VoicePresence(AuthoritySpokenCheck authority) : SpokenPresence(authority)
{
    public override string Name => PresenceMethodNames.Voice;

    public override IReadOnlyList<string> Compared { get; } = ["voice"];

    public override Words Title { get; } = new("声纹：读出八个数字，不需要镜头", "Voice: read eight digits aloud, no camera needed");

    public override Words Data { get; } = new("声纹信息", "your voiceprint");

    public override Words Processing { get; } = new(
        "在公安实人核验服务的页面读出八个随机数字，与您登记的声纹比对。",
        "On the page of the police's real-person service you read eight random digits aloud, and are compared with the voiceprint on file.");

    public override Problem Refused { get; } = new(
        PresenceProblems.NotConfirmed, 422, "未能确认是您本人在场。请在安静处靠近话筒，按显示的顺序清楚读出数字后重试，或换一种方式。", "We could not tell that it is you. Please try again in a quiet place, close to the microphone, reading the digits clearly in the order shown, or choose another way.");
}

/// <summary>By video (视频): the face before a camera while the digits are read.</summary>
internal sealed class VideoPresence(AuthoritySpokenCheck authority) : SpokenPresence(authority)
{
    public override string Name => PresenceMethodNames.Video;

    public override IReadOnlyList<string> Compared { get; } = ["face", "speech"];

    public override Words Title { get; } = new("视频：对着镜头读出八个数字", "Video: read eight digits aloud before a camera");

    public override Words Data { get; } = new("人脸和声音信息", "your face and voice");

    public override Words Processing { get; } = new(
        "在公安实人核验服务的页面对着镜头读出八个随机数字，人脸与您的证件照片比对，并核对所读数字和口型。",
        "On the page of the police's real-person service you read eight random digits aloud before a camera; your face is compared with the photo of your ID card, and the digits with what is heard and seen on your lips.");

    public override Problem Refused { get; } = new(
        PresenceProblems.NotConfirmed, 422, "未能确认是您本人在场。请在光线充足、安静处正对镜头，按显示的顺序清楚读出数字后重试，或换一种方式。", "We could not tell that it is you. Please try again in good light and a quiet place, facing the camera and reading the digits clearly in the order shown, or choose another way.");
}
