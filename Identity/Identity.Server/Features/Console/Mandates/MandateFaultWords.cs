using Yinxin.Identity.Server.Features.Mandates.Verifying;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Console.Mandates;

/// <summary>What is wrong with a mandate, in words for officials.</summary>
internal static class MandateFaultWords
{
    public static string Of(ITexts texts, MandateFault fault) => fault.Kind switch
    {
        MandateChain.Removed => texts.Of($"核验不通过：第 {fault.Place} 号签名记录被删除。", $"It does not verify: signed record {fault.Place} is missing."),
        MandateChain.Edited => texts.Of($"核验不通过：第 {fault.Place} 号签名记录与审计所记不一致，已被改动。", $"It does not verify: signed record {fault.Place} is not the one that the audit noted."),
        MandateChain.Unrecorded when fault.Place == 0 => texts.Of("核验不通过：该授权没有任何签名记录。", "It does not verify: there is no signed record of this mandate."),
        MandateChain.Unrecorded => texts.Of($"核验不通过：审计中没有第 {fault.Place} 号签名记录。", $"It does not verify: the audit knows of no signed record {fault.Place}."),
        MandateChain.Signature => texts.Of($"核验不通过：第 {fault.Place} 号签名记录的签名或内容不符。", $"It does not verify: signature or content of signed record {fault.Place} does not hold."),
        _ => texts.Of("核验不通过：授权的内容或状态与签名记录不一致，数据库中的数据被改动。", "It does not verify: terms or state are not what the signed records say; the database was edited."),
    };
}
