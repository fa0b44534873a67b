// Shades everything but hair: a GGX highlight over wrapped, reddened diffuse light for skin.
in vec3 W, N, C, P;
in float M, occlusion, shine;
layout(location = 0) out vec4 picture;
layout(location = 1) out uint label;
uniform vec3 iris, left_eye, right_eye;
uniform vec4 skin;   // freckles, unused, age, oil
uniform vec4 moles;  // x, y of two on the mean head; far away when absent

struct Surface { vec3 albedo, normal, wrap; float gloss, rough, open; };

vec3 shaded(Surface s, vec3 v, vec3 l, vec3 colour, float visible) {
    float facing = dot(s.normal, l);
    vec3 diffuse = clamp((facing + s.wrap) / (1. + s.wrap), 0., 1.) * mix(vec3(visible), vec3(1), s.wrap * .25);
    vec3 h = normalize(l + v);
    float nh = max(dot(s.normal, h), 0.), vh = max(dot(v, h), 0.), a2 = pow(s.rough, 4.);
    float peak = a2 / (3.14159 * pow(nh * nh * (a2 - 1.) + 1., 2.)), fresnel = .028 + .972 * pow(1. - vh, 5.);
    float mirror = peak * fresnel * .25 * max(facing, 0.) * visible * s.gloss;
    return colour * (s.albedo * diffuse + mirror / max(.25, dot(s.normal, v)));
}
void skin_at(inout Surface s) {
    float blotch = fbm(P * 1.6) - .47, grain = noise(P * 7.) - .5;
    s.albedo *= 1. + .16 * blotch + .06 * grain;
    s.albedo *= vec3(1. + .10 * blotch, 1., 1. - .04 * blotch);
    float spots = smoothstep(.64, .76, noise(P * vec3(3.2, 3.2, 2.) + 7.));
    spots *= smoothstep(-3., 2.5, P.y) * smoothstep(6.5, 5., P.y) * step(6., P.z);
    s.albedo *= mix(vec3(1), vec3(.62, .5, .42), skin.x * spots);
    float mole = min(length(P.xy - moles.xy), length(P.xy - moles.zw));
    s.albedo *= mix(vec3(.30, .22, .2), vec3(1), max(smoothstep(.17, .27, mole), step(P.z, 4.)));
    vec3 pores = vec3(noise(P * 9.), noise(P * 9. + 11.), noise(P * 9. + 23.)) - .5;
    s.normal = normalize(s.normal + .05 * pores);
    s.rough = .52 - .09 * skin.w;
    s.gloss *= .75 + .6 * skin.w;
}
void eye_at(inout Surface s, vec3 v) {
    vec3 d = normalize(P - (P.x > 0. ? left_eye : right_eye));
    float r = d.z < 0. ? 2. : length(d.xy), angle = atan(d.y, d.x);
    vec3 white = vec3(.50, .475, .45) * (1. - .35 * smoothstep(.3, .9, r));
    float fibres = .65 + .8 * noise(vec3(cos(angle) * 9., sin(angle) * 9., r * 9.));
    vec3 ring = iris * fibres * (1. + .9 * smoothstep(.17, .34, r)) * (smoothstep(.445, .385, r) * .85 + .15);
    s.albedo = mix(ring, white, smoothstep(.415, .45, r)) * mix(.02, 1., smoothstep(.155, .185, r));
    s.gloss = 2.5;
    s.rough = .2;
    s.wrap = vec3(.3);
    s.open = (.3 + .7 * occlusion) * mix(.6, 1., smoothstep(.5, .1, d.y));
}
void covering_at(inout Surface s) {
    float f = fbm(vec3(P.x * .5, P.y * .25 + P.z * .3, P.z * .5) * 1.6 + shine);
    s.albedo *= .78 + .46 * f;
    s.normal = normalize(s.normal + .7 * (vec3(fbm(P * .6 + 1.), fbm(P * .6 + 7.), fbm(P * .6 + 13.)) - .47));
}
void main() {
    vec3 v = normalize(eye - W);
    Surface s = Surface(C, normalize(N), vec3(.34, .16, .10), shine, .45, occlusion);
    label = 1u;
    if (dot(s.normal, v) < 0. && M > 4.5) s.normal = -s.normal;
    if (M < .5) skin_at(s);
    else if (M < 1.5) eye_at(s, v);
    else if (M < 2.5) {
        float depth = smoothstep(5.5, 9., P.z);
        s = Surface(vec3(.66, .62, .54) * depth, s.normal, vec3(.6), 1.2, .35, .45 + .55 * occlusion);
    } else if (M < 3.5) {
        float depth = smoothstep(4., 9.5, P.z);
        s = Surface(vec3(.20, .055, .05) * depth, s.normal, vec3(.34, .16, .1), .8, .35, occlusion * .5);
    } else if (M < 4.5) {
        vec3 c = P.x > 0. ? left_eye : right_eye;
        if (P.y < c.y - .25 || noise(P * vec3(16., 3., 3.)) < .52) discard;
        s = Surface(vec3(.022, .018, .016), s.normal, vec3(.2), .2, .6, 1.);
    } else if (M < 5.5) {
        Cloth c = dressed(P, s.normal);
        s = Surface(c.albedo, c.normal, vec3(.18), .25, .75, occlusion * c.dark);
        label = 3u;
    } else if (M < 6.5) {
        s.gloss = 4.;
        s.rough = .25;
        label = 4u;
    } else if (M < 7.5) {
        s = Surface(mat3(cloth, shirt, tie) * C, s.normal, vec3(.2), .25, .75, occlusion);
        label = 3u;
    } else {
        s.wrap = vec3(.2);
        s.gloss = .2;
        s.rough = .8;
        covering_at(s);
        label = 4u;
    }
    vec3 colour = shaded(s, v, key_at, key_rgb, lit(W, s.normal, .0015));
    Surface filled = s;
    filled.wrap += .1;
    filled.rough += .1;
    colour += shaded(filled, v, fill_at, fill_rgb, 1.) * mix(1., s.open, .6);
    filled.wrap = s.wrap * .3;
    colour += shaded(filled, v, rim_at, rim_rgb, smoothstep(.2, .8, occlusion));
    vec3 around = mix(ground, sky, s.normal.y * .5 + .5);
    vec3 bleed = M < .5 ? vec3(.9, .3, .2) : vec3(0);  // occluded skin stays red: light passes through it
    colour += s.albedo * around * mix(vec3(s.open), vec3(sqrt(s.open)), bleed);
    colour += around * pow(1. - max(dot(s.normal, v), 0.), 4.) * .05 * s.gloss * s.open;
    if (M > .5 && M < 1.5)  // the key's reflection in the wet eye
        colour += key_rgb * .4 * smoothstep(.962, .98, dot(reflect(-v, s.normal), key_at));
    picture = vec4(film(colour), 1);
}
