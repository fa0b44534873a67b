// Two shifted highlights along the strand (Kajiya and Kay 1989; Marschner et al. 2003, simplified).
in vec3 W, T, root_at;
in float along, tint, layer;
layout(location = 0) out vec4 picture;
layout(location = 1) out uint label;
uniform vec3 hair, hair_tip, middle;
uniform float gloss, grey;
void main() {
    vec3 t = normalize(T), v = normalize(eye - W), n = normalize(W - middle);
    vec3 albedo = mix(hair, hair_tip, smoothstep(.3, 1., along) * .6) * (.65 + .7 * tint);
    albedo = mix(albedo, vec3(.4), smoothstep(0., .1, grey - tint) * .45);
    float visible = mix(lit(W, n, .004), 1., .12);
    float open = mix(.35, 1., layer) * mix(.6, 1., smoothstep(0., .3, along));
    vec3 at[3] = vec3[](key_at, fill_at, rim_at), rgb[3] = vec3[](key_rgb * visible, fill_rgb, rim_rgb), sum = vec3(0);
    for (int i = 0; i < 3; i++) {
        float tl = dot(t, at[i]), nl = dot(n, at[i]);
        float diffuse = sqrt(max(0., 1. - tl * tl)) * clamp(nl * .65 + .4, 0., 1.);
        vec3 h = normalize(at[i] + v);
        float first = dot(normalize(t + n * (.12 + .1 * (tint - .5))), h), second = dot(normalize(t - n * .12), h);
        vec3 shine = vec3(pow(sqrt(max(0., 1. - first * first)), 90.) * .048);
        shine += albedo * pow(sqrt(max(0., 1. - second * second)), 26.) * .5;
        sum += rgb[i] * (albedo * diffuse + gloss * smoothstep(-.2, .5, nl) * shine);
    }
    sum = (sum + albedo * mix(ground, sky, n.y * .5 + .5)) * open;
    picture = vec4(film(sum), 1);
    label = 2u;
}
